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
  const day = (ms: number) => new Intl.DateTimeFormat('en-CA', { timeZone: report.timeZone }).format(ms);
  return `${day(report.range.fromMs)} to ${day(report.range.toMs - 1)} (${report.timeZone})`;
}

export const simulatedNote = 'SIMULATED data is included: an emulator played the provider.';
