import type { TimeRange } from '../../ledger/index.ts';
import type { Usd } from '../../money/index.ts';

/** What a column holds; every format shows the same values, each in its own way. */
export type ColumnKind = 'text' | 'usd' | 'count' | 'number' | 'share';

export interface ReportColumn {
  readonly title: string;
  readonly kind: ColumnKind;
}

/** Text, an exact amount, a number (a share is 0 to 1), or nothing known. */
export type ReportCell = string | number | Usd | null;

export interface ReportTable {
  readonly title: string;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly ReportCell[])[];
  /** Sums of the rows, shown last. */
  readonly total?: readonly ReportCell[];
}

/** A report before it has a format: one set of numbers for screen, Markdown, HTML, CSV and XLSX. */
export interface Report {
  readonly title: string;
  readonly range: TimeRange;
  readonly timeZone: string;
  readonly simulated: boolean;
  readonly paragraphs: readonly string[];
  readonly tables: readonly ReportTable[];
}

export const text = (title: string): ReportColumn => ({ title, kind: 'text' });
export const money = (title: string): ReportColumn => ({ title, kind: 'usd' });
export const count = (title: string): ReportColumn => ({ title, kind: 'count' });
export const share = (title: string): ReportColumn => ({ title, kind: 'share' });
export const plainNumber = (title: string): ReportColumn => ({ title, kind: 'number' });

/** What is to be known of sums that leave out attempts without a price. */
export const unpricedNote = (attempts: number): string =>
  `${attempts} ${attempts === 1 ? 'attempt has' : 'attempts have'} an unknown price and ${attempts === 1 ? 'is' : 'are'} in no sum.`;
