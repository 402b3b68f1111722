import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** The one source of chance: uniform numbers in [0, 1). */
export interface Random {
  next(): number;
}

export const systemRandom: Random = { next: () => Math.random() };

/** The same seed gives the same numbers on every machine. Every simulation reports its seed. */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(mix(seed | 0));
  return {
    // 27 high bits and 26 more make 53 bits, the precision of a double.
    next() {
      const high = generator.next() >>> 5;
      const low = generator.next() >>> 6;
      return (high * 67_108_864 + low) / 9_007_199_254_740_992;
    },
  };
}

/** Spreads neighbouring seeds apart (the finalizer of MurmurHash3), so that runs with seeds 1 and 2 share nothing. */
function mix(seed: number): number {
  let hash = seed;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
