import type { PicosPerUnit } from '../money/index.ts';
import type { Bucket } from '../tree/index.ts';
import type { Rates } from './types.ts';

/** Whose billing rules hold where a price list is silent. */
export type RateFamily = 'openai' | 'anthropic' | 'gemini' | 'other';

/** In order; a later rule sees what an earlier one filled in. A bucket without a rule stays without a price: unknown. */
const everywhere: readonly (readonly [Bucket, Bucket])[] = [
  // Providers without a cache discount bill a cached token as any other.
  ['cacheRead', 'input'],
  // Reasoning is output that is not shown.
  ['reasoning', 'output'],
  // Vision models bill images as text tokens unless they list a price for them.
  ['imageInput', 'input'],
  ['imageCacheRead', 'cacheRead'],
];

const byFamily: Readonly<Record<RateFamily, readonly (readonly [Bucket, Bucket])[]>> = {
  openai: [
    // Writing OpenAI's automatic cache costs nothing extra where no price is listed.
    ['cacheWrite5m', 'input'],
    // Audio costs many times text: without a listed price it is unknown. Cached audio without a discount is audio.
    ['audioCacheRead', 'audioInput'],
    // Image models list one output price, which is the image's.
    ['imageOutput', 'output'],
  ],
  anthropic: [],
  other: [],
  gemini: [
    // Gemini lists audio only where it differs from text, image and video.
    ['audioInput', 'input'],
    ['audioCacheRead', 'audioInput'],
    ['videoInput', 'input'],
  ],
};

/** Fills in the rates a provider is known to bill for buckets its list does not name. */
export function withFallbacks(rates: Rates, family: RateFamily): Rates {
  const filled: { [bucket in Bucket]?: PicosPerUnit } = { ...rates };
  for (const [bucket, from] of [...everywhere, ...byFamily[family]]) {
    const rate = filled[from];
    if (filled[bucket] === undefined && rate !== undefined) filled[bucket] = rate;
  }
  return filled;
}
