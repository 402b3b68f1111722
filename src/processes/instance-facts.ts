import type { InstanceFacts } from '../api/index.ts';
import type { Clock } from '../base/index.ts';
import type { Config } from '../config/index.ts';

/** What this build can do and what is still to come, by name, for the dashboard. */
const features = { budgets: false, forecast: false, economics: false, alerts: false, jobs: false } as const;

/** What the API says of the instance it belongs to. */
export function instanceFacts(
  options: {
    readonly config: Config;
    readonly version: string;
    readonly simulated: boolean;
    readonly adminToken: string | undefined;
    readonly clock: Clock;
  },
  port: number,
): InstanceFacts {
  const { config, version, simulated, adminToken, clock } = options;
  return {
    version,
    simulated,
    startedAtMs: clock.nowMs(),
    timeZone: config.timeZone,
    url: `http://${shownHost(config.listen.host)}:${port}`,
    access: config.access,
    signIn: Boolean(adminToken),
    providers: Object.entries(config.providers).map(([name, { kind }]) => ({ name, kind })),
    workflows: Object.keys(config.workflows),
    features,
  };
}

/** An address to type into a browser: every interface is reached on loopback too. */
function shownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
