import type { ReportCell, ReportTable } from '../../economics/index.ts';
import { toDecimal } from '../../money/index.ts';

/** A table as CSV (RFC 4180): amounts exact to the picodollar, no total row, so that a column sums to the total. */
export function csvTable({ columns, rows }: ReportTable): string {
  const lines = [columns.map((column) => column.title), ...rows.map((row) => row.map(plain))];
  return lines.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

function plain(cell: ReportCell): string {
  if (cell === null) return '';
  return typeof cell === 'object' ? toDecimal(cell) : guarded(cell);
}

/** A label a spreadsheet would run as a formula is kept as text. */
function guarded(cell: string | number): string {
  return typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
