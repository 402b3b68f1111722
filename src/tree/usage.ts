/**
 * The disjoint kinds of things a provider bills. No token is in two buckets: cached reads are not in `input`,
 * reasoning is not in `output`, audio and image tokens are in neither.
 */
export const buckets = [
  'input',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'output',
  'reasoning',
  'audioInput',
  'audioCacheRead',
  'audioOutput',
  'imageInput',
  'imageCacheRead',
  'imageOutput',
  'videoInput',
  'audioSecond',
  'call',
  'toolCall',
  'fileSearch',
  'image',
] as const;

export type Bucket = (typeof buckets)[number];

/** Quantities by bucket, whole numbers; an absent bucket is zero. */
export type Usage = { readonly [bucket in Bucket]?: number };

export type Unit = 'tokens' | 'calls' | 'images' | 'seconds' | 'minutes' | 'bytes' | 'hours' | 'usd';

const countedUnits: { readonly [bucket in Bucket]?: Unit } = {
  call: 'calls',
  toolCall: 'calls',
  fileSearch: 'calls',
  image: 'images',
  audioSecond: 'seconds',
};

export function unitOf(bucket: Bucket): Unit {
  return countedUnits[bucket] ?? 'tokens';
}

export const inputBuckets: readonly Bucket[] = [
  'input',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'audioInput',
  'audioCacheRead',
  'imageInput',
  'imageCacheRead',
  'videoInput',
];
export const outputBuckets: readonly Bucket[] = ['output', 'reasoning', 'audioOutput', 'imageOutput'];

/** All tokens sent to the model, cached or not. */
export function inputTokensOf(usage: Usage): number {
  return sumBuckets(usage, inputBuckets);
}

/** All tokens the model produced, shown or hidden. */
export function outputTokensOf(usage: Usage): number {
  return sumBuckets(usage, outputBuckets);
}

function sumBuckets(usage: Usage, names: readonly Bucket[]): number {
  let sum = 0;
  for (const name of names) sum += usage[name] ?? 0;
  return sum;
}
