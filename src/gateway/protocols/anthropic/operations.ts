import { type Operation, otherOperation, passThrough } from '../protocol.ts';

/** Paths below the base URL, which carries no version. */
const posted = new Map<string, Operation>([
  ['/v1/messages', { ...passThrough, name: 'messages', readsJson: true }],
  ['/v1/complete', { ...passThrough, name: 'complete', readsJson: true }],
  ['/v1/messages/count_tokens', { ...passThrough, name: 'countTokens', readsJson: true, billing: 'free' }],
]);

const freePaths = /^\/v1\/(messages\/batches|models|files)(\/|$)/;

export function anthropicOperation(method: string, path: string): Operation {
  const known = method === 'POST' ? posted.get(path) : undefined;
  if (known) return known;
  const free = freePaths.exec(path);
  if (free) return { ...passThrough, name: free[1] === 'messages/batches' ? 'batches' : `${free[1]}`, billing: 'free' };
  return otherOperation(method);
}
