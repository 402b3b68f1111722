/** One month looked ahead, in UTC. */
export interface MonthPlan {
  /** `2026-12`. */
  readonly label: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly days: number;
  /** Month of the year, January is 0. */
  readonly monthOfYear: number;
}

export const dayMs = 86_400_000;

/** Whole months from the one that holds `fromMs`, or the coming one when `fromMs` is not a month's first instant. */
export function monthsFrom(fromMs: number, count: number): MonthPlan[] {
  const at = new Date(fromMs);
  const begins = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1) === fromMs;
  const first = at.getUTCMonth() + (begins ? 0 : 1);
  return Array.from({ length: count }, (_, index) => monthAt(at.getUTCFullYear(), first + index));
}

function monthAt(year: number, month: number): MonthPlan {
  const startMs = Date.UTC(year, month, 1);
  const endMs = Date.UTC(year, month + 1, 1);
  const start = new Date(startMs);
  const label = start.toISOString().slice(0, 7);
  return { label, startMs, endMs, days: (endMs - startMs) / dayMs, monthOfYear: start.getUTCMonth() };
}

/** Part of a month in which prices and stresses stay the same. */
export interface Slice {
  readonly month: number;
  readonly fromMs: number;
  readonly days: number;
  /** Which set of prices is in force. */
  readonly epoch: number;
  /** Whether the stress being run holds. */
  readonly stressed: boolean;
}

/** Cuts the months at every moment where something changes. `cuts` are moments; `epochOf` and `stressedAt` say what holds from one on. */
export function slicesOf(
  months: readonly MonthPlan[],
  cuts: readonly number[],
  epochOf: (atMs: number) => number,
  stressedAt: (atMs: number) => boolean,
): Slice[] {
  return months.flatMap(({ startMs, endMs }, month) => {
    const inside = [...new Set(cuts)].filter((cut) => cut > startMs && cut < endMs).sort((a, b) => a - b);
    const edges = [startMs, ...inside, endMs];
    return edges.slice(0, -1).map((fromMs, index) => ({
      month,
      fromMs,
      days: ((edges[index + 1] ?? endMs) - fromMs) / dayMs,
      epoch: epochOf(fromMs),
      stressed: stressedAt(fromMs),
    }));
  });
}

/** Monday is 0. */
const weekday = (ms: number): number => (new Date(ms).getUTCDay() + 6) % 7;

/** Days of a stretch, each counted by the relative traffic of its weekday and month; a mean week and a mean month count in full. */
export function weightedDays(
  fromMs: number,
  days: number,
  monthOfYear: number,
  dayOfWeek: readonly number[] | undefined,
  months: readonly number[] | undefined,
): number {
  const factor = months ? (months[monthOfYear] ?? 1) / meanOf(months) : 1;
  if (!dayOfWeek) return days * factor;
  const mean = meanOf(dayOfWeek);
  let sum = 0;
  for (let done = 0; done < days; done += 1) {
    const part = Math.min(1, days - done);
    sum += (part * (dayOfWeek[weekday(fromMs + done * dayMs)] ?? 1)) / mean;
  }
  return sum * factor;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length || 1;
