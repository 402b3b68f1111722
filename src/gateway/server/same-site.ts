import type { IncomingMessage } from 'node:http';
import { BurnrateError } from '../../base/index.ts';
import type { GatewaySettings } from '../settings.ts';

/**
 * Refuses requests that name a host which is not ours (DNS rebinding) or come from a page of another site, so that no
 * web page can spend a local key.
 * @throws BurnrateError origin_refused
 */
export function checkSameSite(req: IncomingMessage, settings: Pick<GatewaySettings, 'hosts' | 'origins'>): void {
  const { host, origin } = req.headers;
  if (!settings.hosts.has(hostName(host ?? ''))) {
    throw new BurnrateError('origin_refused', {
      message: `Host "${host ?? ''}" is not ours; add it to \`server.allowedHosts\` if it is.`,
    });
  }
  if (origin !== undefined && !isOurs(origin, host ?? '', settings)) {
    throw new BurnrateError('origin_refused', { message: `Pages of "${origin}" may not call.` });
  }
}

/** A page is ours when it was served from the very host and port it calls, or its origin is listed. */
function isOurs(origin: string, host: string, settings: Pick<GatewaySettings, 'origins'>): boolean {
  if (settings.origins.has(origin)) return true;
  return (
    origin.toLowerCase() === `http://${host}`.toLowerCase() || origin.toLowerCase() === `https://${host}`.toLowerCase()
  );
}

function hostName(host: string): string {
  const name = host.startsWith('[') ? host.slice(0, host.indexOf(']') + 1) : host.replace(/:\d*$/, '');
  return name.toLowerCase();
}
