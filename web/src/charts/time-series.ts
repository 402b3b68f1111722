import type { Costs } from '../api/schema.ts';
import { chartDollars } from '../format/money.ts';
import { parseBucket } from '../format/time.ts';
import { type BucketName, bucketLengthMs } from '../view/range.ts';

interface Series {
  readonly name: string;
  /** Place in the palette; follows the alphabet, so that a name keeps its colour when ranks change. */
  readonly colour: number;
  /** Dollars per bucket, for bars only. */
  readonly values: readonly number[];
}

export interface StackedTime {
  /** Bucket starts, ms since the Unix epoch, ascending and without gaps. */
  readonly times: readonly number[];
  /** Largest first; what does not fit is added up in `other`. */
  readonly series: readonly Series[];
}

/** More colours than this cannot be told apart. */
const seriesMax = 7;
/** Never more bars than this, whatever the answer holds. */
const timesMax = 2_000;
export const otherName = 'other';
export const absentName = '(none)';

/** Turns costs by bucket and one dimension into stacked bars. */
export function stackOverTime(costs: Costs, bucket: BucketName, dimension: string): StackedTime {
  const cells = costs.rows.map((row) => ({
    at: parseBucket(String(row[bucket])),
    name: nameOf(row[dimension] ?? null),
    dollars: chartDollars(row.costUsd),
  }));
  const { from, to } = costs.range;
  const found = cells.map((cell) => cell.at);
  const times = timeline(found, bucket, Date.parse(from), Date.parse(to));
  const names = rankNames(cells);
  const index = new Map(times.map((time, position) => [time, position]));
  const values = new Map(names.map((name) => [name, times.map(() => 0)]));
  for (const cell of cells) {
    const column = values.get(values.has(cell.name) ? cell.name : otherName);
    const position = index.get(cell.at);
    if (column && position !== undefined) column[position] = (column[position] ?? 0) + cell.dollars;
  }
  const colours = colourPlaces(names);
  return {
    times,
    series: names.map((name) => ({ name, colour: colours.get(name) ?? 0, values: values.get(name) ?? [] })),
  };
}

function nameOf(value: string | number | null): string {
  return value === null || value === '' ? absentName : String(value);
}

/** Every bucket of the range, so that quiet times are seen as such; none at all when nothing was found. */
export function timeline(found: readonly number[], bucket: BucketName, fromMs: number, toMs: number): number[] {
  const known = [...new Set(found)].filter((time) => Number.isFinite(time));
  const anchor = known[0];
  if (anchor === undefined) return [];
  const step = bucketLengthMs(bucket);
  const times = new Set(known);
  const first = anchor - Math.floor((anchor - fromMs) / step) * step;
  for (let time = first; time < toMs && times.size < timesMax; time += step) {
    // Where clocks change, days are an hour longer or shorter, so a day that is known stands a little aside.
    if (bucket !== 'day' || !known.some((day) => Math.abs(day - time) < step / 2)) times.add(time);
  }
  return [...times].sort((a, b) => a - b);
}

function rankNames(cells: readonly { readonly name: string; readonly dollars: number }[]): string[] {
  const sums = new Map<string, number>();
  for (const cell of cells) sums.set(cell.name, (sums.get(cell.name) ?? 0) + cell.dollars);
  const ranked = [...sums].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([name]) => name);
  return ranked.length <= seriesMax ? ranked : [...ranked.slice(0, seriesMax - 1), otherName];
}

/** Which colour each name gets: places in the alphabet, the same in every chart of the same names. */
export function colourPlaces(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.toSorted().map((name, place) => [name, place]));
}
