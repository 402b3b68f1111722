import { type Operation, otherOperation, passThrough } from '../protocol.ts';

const jsonOperation = (name: string): Operation => ({ ...passThrough, name, readsJson: true });
const rawOperation = (name: string): Operation => ({ ...passThrough, name });

/** Paths below the base URL (which ends with `/v1`) that are billed when posted to. */
const posted = new Map<string, Operation>([
  ['/chat/completions', jsonOperation('chat')],
  ['/responses', jsonOperation('responses')],
  ['/completions', jsonOperation('completions')],
  ['/embeddings', jsonOperation('embeddings')],
  ['/moderations', jsonOperation('moderations')],
  ['/images/generations', jsonOperation('images')],
  ['/images/edits', rawOperation('images')],
  ['/images/variations', rawOperation('images')],
  ['/audio/speech', jsonOperation('audio')],
  ['/audio/transcriptions', rawOperation('audio')],
  ['/audio/translations', rawOperation('audio')],
]);

/** First path segments under which nothing is billed by the request itself. */
const freeSegments = new Set(['models', 'files', 'batches', 'uploads', 'vector_stores', 'fine_tuning']);

export function openaiOperation(method: string, path: string): Operation {
  const known = method === 'POST' ? posted.get(path.endsWith('/') ? path.slice(0, -1) : path) : undefined;
  if (known) return known;
  const segment = path.split('/')[1] ?? '';
  if (freeSegments.has(segment)) return { ...rawOperation(segment), billing: 'free' };
  // Reading or cancelling a stored response repeats the usage of the request that made it.
  if (segment === 'responses' || segment === 'chat') return { ...rawOperation(segment), billing: 'free' };
  return otherOperation(method);
}
