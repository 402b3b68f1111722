import type { ColumnKind, ReportCell } from '../../economics/index.ts';
import { formatUsd } from '../../money/index.ts';

/** A cell as people read it. */
export function cellText(cell: ReportCell | undefined, kind: ColumnKind): string {
  if (cell === null || cell === undefined) return '–';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'object') return formatUsd(cell);
  return kind === 'share' ? `${(cell * 100).toFixed(1)} %` : cell.toLocaleString('en', { maximumSignificantDigits: 6 });
}

/** The range in the report's own time zone, days only. */
export function rangeText(report: { range: { fromMs: number; toMs: number }; timeZone: string }): string {
  const { range, timeZone } = report;
  return `${dayText(range.fromMs, timeZone)} to ${dayText(range.toMs - 1, timeZone)} (${timeZone})`;
}

/** The day a moment falls on in a time zone, like 2026-03-02. */
export function dayText(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone }).format(ms);
}

export const simulatedNote = 'SIMULATED data is included: an emulator played the provider.';
