import { decimalToScaled, type Usd } from './usd.ts';

/** A price of one unit (a token, an image, a call) as an integer count of picodollars. */
export type PicosPerUnit = bigint;

/**
 * A listed price per million units, exact for every rate with at most six decimals: 1 USD per million is 1,000,000 picodollars each.
 * @throws BurnrateError MONEY_INVALID when the text is not a decimal number
 */
export function rateFromUsdPerMillion(usdPerMillion: string | number): PicosPerUnit {
  return decimalToScaled(String(usdPerMillion), 6);
}

/** A price of one unit given in dollars. */
export function rateFromUsdPerUnit(usdPerUnit: string | number): PicosPerUnit {
  return decimalToScaled(String(usdPerUnit), 12);
}

/** Quantity × rate, exactly. `quantity` is a whole number of units. */
export function costOf(quantity: number, rate: PicosPerUnit): Usd {
  return { picos: BigInt(quantity) * rate };
}

/** A rate times a decimal factor (a discount, a surcharge), rounded half away from zero to whole picodollars. */
export function scaleRate(rate: PicosPerUnit, factor: string | number): PicosPerUnit {
  const scaled = rate * decimalToScaled(String(factor), 12);
  const half = 500_000_000_000n;
  return (scaled + (scaled < 0n ? -half : half)) / 1_000_000_000_000n;
}

/** The listed form of a rate: decimal dollars per million units. */
export function usdPerMillion(rate: PicosPerUnit): string {
  const whole = rate / 1_000_000n;
  const fraction = (rate % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '');
  return fraction ? `${whole}.${fraction}` : `${whole}`;
}
