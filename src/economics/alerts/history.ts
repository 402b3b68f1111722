import type { CostRow, Dimension } from '../../ledger/index.ts';
import { toApproximateNumber } from '../../money/index.ts';
import type { HourSeries } from './baseline.ts';

/** A name for the values of some dimensions. */
export function groupKey(row: CostRow, by: readonly Dimension[]): string {
  return JSON.stringify(by.map((name) => row.dimensions[name] ?? ''));
}

/** Rows by the values of some dimensions. */
export function groupRows(rows: readonly CostRow[], by: readonly Dimension[]): Map<string, CostRow[]> {
  const groups = new Map<string, CostRow[]>();
  for (const row of rows) {
    const key = groupKey(row, by);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** What `read` says of each group's rows. */
export function ofGroups<T>(
  rows: readonly CostRow[],
  by: readonly Dimension[],
  read: (rows: readonly CostRow[]) => T,
): ReadonlyMap<string, T> {
  return new Map([...groupRows(rows, by)].map(([key, group]) => [key, read(group)]));
}

/** An amount of rows that carry the dimension `hour`, by hour. */
export function byHour(rows: readonly CostRow[], amount: (row: CostRow) => number): HourSeries {
  const series = new Map<number, number>();
  for (const row of rows) {
    const at = Date.parse(row.dimensions.hour ?? '');
    series.set(at, (series.get(at) ?? 0) + amount(row));
  }
  return series;
}

/** The values of some dimensions, those that have one. */
export function subjectOf(row: CostRow, by: readonly Dimension[]): Record<string, string> {
  return Object.fromEntries(by.flatMap((name) => (row.dimensions[name] ? [[name, row.dimensions[name]]] : [])));
}

export const tokensOf = (row: CostRow): number => row.inputTokens + row.outputTokens;
/** US dollars; for ratios, never for sums of money. */
export const usdOf = (row: CostRow): number => toApproximateNumber(row.cost);
export const sumOf = (rows: readonly CostRow[], amount: (row: CostRow) => number): number =>
  rows.reduce((sum, row) => sum + amount(row), 0);
