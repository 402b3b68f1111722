import type { ColumnKind, Report, ReportCell, ReportTable } from '../economics/index.ts';
import { cellText, markdownReport, rangeText, simulatedNote } from '../exchange/index.ts';
import { usd } from '../money/index.ts';
import { apiClient } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { print } from './output.ts';
import type { ReportOptions } from './report-range.ts';
import { table } from './table.ts';
import { terminalWidth } from './terminal.ts';

type WireCell = string | number | null;

/** What GET /api/reports/weekly answers. */
interface WireReport extends Omit<Report, 'range' | 'tables'> {
  readonly range: { readonly from: string; readonly to: string };
  readonly tables: readonly (Omit<ReportTable, 'rows' | 'total'> & {
    readonly rows: readonly (readonly WireCell[])[];
    readonly total: readonly WireCell[] | null;
  })[];
}

/** `burnrate report weekly`: the weekly review, as tables or as Markdown. */
export async function reportWeekly(effects: Effects, options: ReportOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const week = options.week === undefined ? [] : [['week', options.week] as [string, string]];
  const wire = await client.get<WireReport>('/api/reports/weekly', week);
  const shown = () =>
    options.markdown ? markdownReport(fromWire(wire)) : textOf(fromWire(wire), terminalWidth(effects));
  print(effects, options.json === true, wire, shown);
  return exitCodes.fine;
}

function fromWire(wire: WireReport): Report {
  const cells = (row: readonly WireCell[], columns: ReportTable['columns']) =>
    row.map((cell, index) => cellFrom(cell, columns[index]?.kind));
  return {
    ...wire,
    range: { fromMs: Date.parse(wire.range.from), toMs: Date.parse(wire.range.to) },
    tables: wire.tables.map(({ rows, total, ...rest }) => ({
      ...rest,
      rows: rows.map((row) => cells(row, rest.columns)),
      ...(total === null ? {} : { total: cells(total, rest.columns) }),
    })),
  };
}

/** Only amounts travel as text in a column that is not text. */
function cellFrom(cell: WireCell, kind: ColumnKind | undefined): ReportCell {
  return typeof cell === 'string' && kind !== 'text' ? usd(cell) : cell;
}

function textOf(report: Report, width: number): string {
  const notes = report.simulated ? [simulatedNote] : [];
  return [
    `${report.title}, ${rangeText(report)}`,
    [...notes, ...report.paragraphs].join('\n'),
    ...report.tables.map((each) => tableOf(each, width)),
  ].join('\n\n');
}

function tableOf({ title, columns, rows, total }: ReportTable, width: number): string {
  if (rows.length === 0) return `${title}: nothing.`;
  const line = (row: readonly ReportCell[]) => columns.map(({ kind }, index) => cellText(row[index], kind));
  const drawn = columns.map(({ title: name, kind }) => ({
    title: name,
    align: kind === 'text' ? ('left' as const) : ('right' as const),
    flexible: kind === 'text',
  }));
  return `${title}\n${table(drawn, [...rows.map(line), ...(total ? [line(total)] : [])], width)}`;
}
