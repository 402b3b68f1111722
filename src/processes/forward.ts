import { Agent, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { errorCodes } from '../base/index.ts';
import { connectionHeaders } from '../gateway/index.ts';

/** Requests to the control process one worker has open at a time; live views count too. */
const connectionsMax = 256;

export interface Forwarder {
  (incoming: IncomingMessage, outgoing: ServerResponse): void;
  close(): void;
}

/** Hands requests to the control process over its private socket, streams included, byte for byte. */
export function forwardTo(socketPath: string): Forwarder {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  const forward = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const inner = request({
      agent,
      socketPath,
      method: incoming.method,
      path: incoming.url,
      headers: endToEnd(incoming.headers),
    });
    inner.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
      outgoing.flushHeaders();
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
    });
    inner.once('error', () => refuse(outgoing));
    outgoing.once('close', () => inner.destroy());
    incoming.pipe(inner);
  };
  return Object.assign(forward, { close: () => agent.destroy() });
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !connectionHeaders.has(name)));
}

/** The control process is restarting; the data plane goes on without it. */
function refuse(outgoing: ServerResponse): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const code = 'overloaded';
  const { status } = errorCodes[code];
  const message = 'The control process does not answer; calls are served and metered meanwhile.';
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    'burnrate-error-code': code,
    'retry-after': '1',
  });
  outgoing.end(JSON.stringify({ error: { code, message, remedy: errorCodes[code].remedy } }));
}
