import type { CostQuery, CostRow, Dimension } from '../../ledger/index.ts';
import { toApproximateNumber } from '../../money/index.ts';
import type { AlertFeed } from './alert.ts';
import { dayMs, type HourSeries, hourMs } from './baseline.ts';

const rowsPerPage = 10_000;
const pageMs = 7 * dayMs;
const refreshMs = hourMs;
/** Histories kept; the oldest make room. */
const keptMax = 200;

/**
 * Past figures, read once an hour however often alerts are evaluated: what is long past does not change between two
 * looks. Keeps nothing that cannot be read again.
 */
export class History {
  readonly #feed: AlertFeed;
  readonly #kept = new Map<string, { readonly readAtMs: number; readonly rows: Promise<readonly CostRow[]> }>();

  constructor(feed: AlertFeed) {
    this.#feed = feed;
  }

  /** Rows of `days` whole hours up to the hour that `nowMs` is in, in pages of a week. */
  rows(by: readonly Dimension[], where: CostQuery['where'], days: number, nowMs: number): Promise<readonly CostRow[]> {
    const toMs = Math.floor(nowMs / refreshMs) * refreshMs;
    const key = JSON.stringify([by, where, days]);
    const known = this.#kept.get(key);
    if (known?.readAtMs === toMs) return known.rows;
    const rows = this.#read(by, where, toMs - days * dayMs, toMs);
    this.#kept.delete(key);
    this.#kept.set(key, { readAtMs: toMs, rows });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest);
    // What failed is asked again at the next look.
    rows.catch(() => this.#kept.delete(key));
    return rows;
  }

  async #read(by: readonly Dimension[], where: CostQuery['where'], fromMs: number, toMs: number): Promise<CostRow[]> {
    const rows: CostRow[] = [];
    for (let at = fromMs; at < toMs; at += pageMs) {
      const range = { fromMs: at, toMs: Math.min(toMs, at + pageMs) };
      rows.push(...(await this.#feed.costs({ range, by, where, limit: rowsPerPage })).rows);
    }
    return rows;
  }
}

/** A name for the values of some dimensions. */
export function groupKey(row: CostRow, by: readonly Dimension[]): string {
  return JSON.stringify(by.map((name) => row.dimensions[name] ?? ''));
}

/** Rows by the values of some dimensions. */
export function groupRows(rows: readonly CostRow[], by: readonly Dimension[]): Map<string, CostRow[]> {
  const groups = new Map<string, CostRow[]>();
  for (const row of rows) {
    const group = groups.get(groupKey(row, by));
    if (group) group.push(row);
    else groups.set(groupKey(row, by), [row]);
  }
  return groups;
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
