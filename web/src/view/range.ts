/** Presets of the time range control, by the name that stands in the URL. */
export const presets = {
  '15m': { label: '15 min', spoken: 'last 15 minutes', lengthMs: 15 * 60_000, bucket: 'minute', refreshMs: 2_000 },
  '1h': { label: '1 hour', spoken: 'last hour', lengthMs: 3_600_000, bucket: 'minute', refreshMs: 3_000 },
  '24h': { label: '1 day', spoken: 'last 24 hours', lengthMs: 86_400_000, bucket: 'hour', refreshMs: 10_000 },
  '7d': { label: '7 days', spoken: 'last 7 days', lengthMs: 7 * 86_400_000, bucket: 'hour', refreshMs: 30_000 },
  '30d': { label: '30 days', spoken: 'last 30 days', lengthMs: 30 * 86_400_000, bucket: 'day', refreshMs: 60_000 },
} as const;

export type PresetName = keyof typeof presets;
export type BucketName = 'minute' | 'hour' | 'day';

/** What the person chose: a window that moves with the clock, or two fixed moments. */
export type RangeChoice =
  | { readonly kind: 'last'; readonly preset: PresetName }
  | { readonly kind: 'fixed'; readonly fromMs: number; readonly toMs: number };

/** Half-open, ms since the Unix epoch. */
export interface ResolvedRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export const defaultRange: RangeChoice = { kind: 'last', preset: '1h' };

/** No chart is asked for more bars than this. */
const barsMax = 240;
const bucketMs: Record<BucketName, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export function isPreset(text: string): text is PresetName {
  return Object.hasOwn(presets, text);
}

export function resolveRange(choice: RangeChoice, now: number): ResolvedRange {
  if (choice.kind === 'fixed') return { fromMs: choice.fromMs, toMs: choice.toMs };
  return { fromMs: now - presets[choice.preset].lengthMs, toMs: now };
}

/** The width of one bar: the finest bucket that keeps the chart within its number of bars. */
export function bucketOf(choice: RangeChoice): BucketName {
  if (choice.kind === 'last') return presets[choice.preset].bucket;
  const lengthMs = choice.toMs - choice.fromMs;
  if (lengthMs / bucketMs.minute <= barsMax) return 'minute';
  return lengthMs / bucketMs.hour <= barsMax ? 'hour' : 'day';
}

export function bucketLengthMs(bucket: BucketName): number {
  return bucketMs[bucket];
}

/** The least time between two automatic reloads, ms: long ranges cost the ledger more and change less. */
export function refreshMsOf(choice: RangeChoice): number {
  return choice.kind === 'last' ? presets[choice.preset].refreshMs : 30_000;
}

/** The same choice gives the same text; used in query keys. */
export function rangeKey(choice: RangeChoice): string {
  return choice.kind === 'last' ? choice.preset : `${choice.fromMs}-${choice.toMs}`;
}

/** For people and screen readers: `last hour`, `Mar 1, 10:00 – 12:30`. */
export function describeRange(choice: RangeChoice): string {
  if (choice.kind === 'last') return presets[choice.preset].spoken;
  const format = new Intl.DateTimeFormat(undefined, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return format.formatRange(choice.fromMs, choice.toMs);
}
