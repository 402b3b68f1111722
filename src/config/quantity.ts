import type { Usd } from '../money/index.ts';

/**
 * A number as the file may state it. `T` is `number` (in the unit the field documents) or `Usd`.
 * A range covers 90 % of the distribution (its ends are the 5th and the 95th percentile): lognormal when both ends are
 * positive, else normal. Quantiles are measured or believed percentiles. `measured` means "take it from the ledger".
 */
export type Quantity<T = number> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'range'; readonly low: T; readonly high: T; readonly shape: 'lognormal' | 'normal' }
  | { readonly kind: 'quantiles'; readonly p50: T; readonly p90?: T; readonly p99?: T }
  | { readonly kind: 'measured' };

/** A length of time of fixed size. */
export interface Duration {
  readonly ms: number;
}

/** A span of calendar months; it has no fixed number of days. */
export interface CalendarSpan {
  readonly months: number;
}

export interface ByteSize {
  readonly bytes: number;
}

/** `count` per `perMs` milliseconds: `500/m` is 500 per 60,000. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

/** A calendar day or an instant. */
export interface Instant {
  /** Milliseconds since the Unix epoch; of a day its beginning in UTC. */
  readonly ms: number;
  /** The day as it was written, like `2026-01-01`; absent where a time of day was. */
  readonly day?: string;
}

export type UsdQuantity = Quantity<Usd>;
