import { BurnrateError } from '../base/index.ts';
import { decimalToScaled, type PicosPerUnit, scaleRate } from '../money/index.ts';
import { type Bucket, buckets } from '../tree/index.ts';
import type { DecimalInput, WrittenContextTier, WrittenRates, WrittenServiceTier } from './price-override.ts';
import { type RateFamily, withFallbacks } from './rate-fallbacks.ts';
import type { ContextTier, Rates, TierRates } from './types.ts';

/** The YAML key of each bucket's rate. */
export const writtenKeys: Readonly<Record<Bucket, keyof WrittenRates>> = {
  input: 'inputPerMillion',
  cacheRead: 'cacheReadPerMillion',
  cacheWrite5m: 'cacheWrite5mPerMillion',
  cacheWrite1h: 'cacheWrite1hPerMillion',
  output: 'outputPerMillion',
  reasoning: 'reasoningPerMillion',
  audioInput: 'audioInputPerMillion',
  audioCacheRead: 'audioCacheReadPerMillion',
  audioOutput: 'audioOutputPerMillion',
  imageInput: 'imageInputPerMillion',
  imageCacheRead: 'imageCacheReadPerMillion',
  imageOutput: 'imageOutputPerMillion',
  videoInput: 'videoInputPerMillion',
  audioSecond: 'perAudioMinute',
  call: 'perCall',
  toolCall: 'perToolCall',
  fileSearch: 'perFileSearch',
  image: 'perImage',
};

/** Fees that a service tier's discount or surcharge does not touch. */
export const feeBuckets: readonly Bucket[] = ['call', 'toolCall', 'fileSearch'];

const secondsPerMinute = 60n;

/**
 * The stated rates as integers per unit.
 * @throws BurnrateError CONFIG_INVALID when a rate is not a decimal number or is negative
 */
export function readWrittenRates(written: WrittenRates, where: string): Rates {
  const rates: { [bucket in Bucket]?: PicosPerUnit } = {};
  for (const bucket of buckets) {
    const value = written[writtenKeys[bucket]];
    if (value !== undefined) rates[bucket] = readRate(bucket, value, where);
  }
  return rates;
}

function readRate(bucket: Bucket, value: DecimalInput, where: string): PicosPerUnit {
  const key = writtenKeys[bucket];
  const scaled = readDecimal(value, key.endsWith('PerMillion') ? 6 : 12, `${where}: ${key}`);
  return bucket === 'audioSecond' ? (scaled + secondsPerMinute / 2n) / secondsPerMinute : scaled;
}

function readDecimal(value: DecimalInput, digits: number, where: string): bigint {
  let scaled: bigint;
  try {
    scaled = decimalToScaled(String(value), digits);
  } catch (cause) {
    throw new BurnrateError('CONFIG_INVALID', { message: `${where} is not a decimal number: ${value}`, cause });
  }
  if (scaled < 0n) throw new BurnrateError('CONFIG_INVALID', { message: `${where} is negative` });
  return scaled;
}

/** A whole price list as written; what it leaves open falls back as `withFallbacks` says. */
export function readWrittenTier(
  written: WrittenRates & { readonly above?: readonly WrittenContextTier[] | undefined },
  family: RateFamily,
  where: string,
): TierRates {
  const base = readWrittenRates(written, where);
  const above = (written.above ?? []).map((tier) => readContextTier(tier, base, family, where));
  return { rates: withFallbacks(base, family), above: above.sort((a, b) => a.inputTokens - b.inputTokens) };
}

function readContextTier(tier: WrittenContextTier, base: Rates, family: RateFamily, where: string): ContextTier {
  if (!Number.isSafeInteger(tier.inputTokens) || tier.inputTokens < 0) {
    throw new BurnrateError('CONFIG_INVALID', { message: `${where}: above.inputTokens is not a count of tokens` });
  }
  const rates = withFallbacks({ ...base, ...readWrittenRates(tier, where) }, family);
  return { inputTokens: tier.inputTokens, rates };
}

/** A service tier: the standard prices times a factor, or a price list of its own. Fees per use stay the standard ones unless stated. */
export function readServiceTier(
  written: WrittenServiceTier,
  standard: TierRates | undefined,
  family: RateFamily,
  where: string,
): TierRates {
  if (written.multiply !== undefined) {
    readDecimal(written.multiply, 12, `${where}: multiply`);
    if (standard !== undefined) return multiplyTier(standard, String(written.multiply), []);
    throw new BurnrateError('CONFIG_INVALID', { message: `${where}: multiply needs a standard price to multiply` });
  }
  const fees = standard === undefined ? {} : pickRates(standard.rates, feeBuckets);
  const own = readWrittenTier(written, family, where);
  const above = own.above.map((tier) => ({ ...tier, rates: { ...fees, ...tier.rates } }));
  return { rates: { ...fees, ...own.rates }, above };
}

function pickRates(rates: Rates, names: readonly Bucket[]): Rates {
  return Object.fromEntries(Object.entries(rates).filter(([bucket]) => names.includes(bucket as Bucket)));
}

/** Every token, image and audio rate times a factor; `untouched` buckets and fees per use keep their rate. */
export function multiplyTier(tier: TierRates, factor: string, untouched: readonly Bucket[]): TierRates {
  const kept = [...feeBuckets, ...untouched];
  const scale = (rates: Rates): Rates =>
    Object.fromEntries(
      Object.entries(rates).map(([bucket, rate]) => [
        bucket,
        kept.includes(bucket as Bucket) ? rate : scaleRate(rate, factor),
      ]),
    );
  return {
    rates: scale(tier.rates),
    above: tier.above.map((above) => ({ inputTokens: above.inputTokens, rates: scale(above.rates) })),
  };
}
