import type { Parameters, SqlValue } from './sql-text.ts';

export type TimeUnit = 'minute' | 'hour' | 'day' | 'week' | 'month';

/** Where the engines' SQL differs; everything else is written once. A new engine is a new dialect, not new queries. */
export interface Dialect {
  /** An expression that numbers the rows of a table, each differently. */
  readonly rowId: string;
  /** The placeholder of the parameter at `index`, from 1. */
  placeholder(index: number, value: SqlValue): string;
  /**
   * The start of the bucket that ms since the epoch, UTC, fall in, as text: `2026-03-01T10:05:00Z` for minutes and
   * hours, `2026-03-01` for days and weeks (Monday), `2026-03` for months.
   */
  timeBucket(unit: TimeUnit, ms: string): string;
  /** When that bucket starts by the same clock, as ms since the epoch: quicker than its text where there are many rows. */
  timeStart(unit: TimeUnit, ms: string): string;
  /** A number for the values of some columns, null among them, the same for the same: 64 bits of a hash. */
  keyOf(columns: readonly string[]): string;
  /** About how many different values a column has, within some per cent. */
  aboutDistinct(column: string): string;
  /** The value of tag `name` in a column of JSON text, or null. */
  tagValue(column: string, name: string, parameters: Parameters): string;
  /** `column` is one of the texts. */
  isOneOf(column: string, values: readonly string[], parameters: Parameters): string;
  /**
   * All columns of `source`, one row for each cost line (`kind`, `bucket`, `unit`, `quantity`, `line_cost`, and its `place`
   * from 1); one row of nulls when there is none.
   */
  explodeLines(source: string): string;
  /** A column of lists of numbers, each number with the other sign. */
  negated(column: string): string;
  /** Where `value` first is in a column of lists, from 1. */
  firstPlace(column: string, value: string): string;
}
