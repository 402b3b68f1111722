import { type Operation, otherOperation, passThrough } from '../protocol.ts';

const modelPath = /\/(?:models|tunedModels)\/([^:]+):([A-Za-z]+)$/;
const freePath = /^\/v1[a-z0-9]*\/(models|files|cachedContents|batches|operations)(\/|$)/;

const verbs: Readonly<Record<string, Omit<Operation, 'pathModel'>>> = {
  generateContent: { ...passThrough, name: 'generateContent', readsJson: true },
  streamGenerateContent: { ...passThrough, name: 'generateContent', readsJson: true, streamed: true },
  embedContent: { ...passThrough, name: 'embedContent', readsJson: true },
  batchEmbedContents: { ...passThrough, name: 'embedContent', readsJson: true },
  countTokens: { ...passThrough, name: 'countTokens', readsJson: true, billing: 'free' },
};

/** @param path below the base URL, which carries no version: `/v1beta/models/<model>:<verb>` */
export function geminiOperation(method: string, path: string): Operation {
  const match = modelPath.exec(path);
  if (match) return { ...(verbs[match[2] ?? ''] ?? otherOperation(method)), pathModel: decoded(match[1] ?? '') };
  const free = freePath.exec(path);
  return free ? { ...passThrough, name: free[1] ?? 'other', billing: 'free' } : otherOperation(method);
}

/** A segment that is not valid percent encoding is kept as it came. */
function decoded(segment: string): string {
  return /%(?![0-9A-Fa-f]{2})/.test(segment) || !segment.includes('%') ? segment : safeDecode(segment);
}

function safeDecode(segment: string): string {
  return Buffer.from(
    segment.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
}
