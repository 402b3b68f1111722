import writeExcelFile from 'write-excel-file/node';
import type { ColumnKind, Report, ReportCell, ReportTable } from '../../economics/index.ts';
import { toApproximateNumber } from '../../money/index.ts';
import { rangeText, simulatedNote } from './cell-text.ts';

/** Sheets of a workbook are named in at most 31 characters, without a few signs. */
const sheetNameMax = 31;
const rowsMax = 1_000_000;

const formats: Readonly<Record<ColumnKind, string>> = {
  text: '@',
  usd: '#,##0.00####',
  count: '#,##0',
  number: '#,##0.######',
  share: '0.0%',
};

/** A report as a workbook, one sheet for each table. Amounts are numbers of US dollars, so they can be summed there. */
export async function xlsxReport(report: Report): Promise<Uint8Array<ArrayBuffer>> {
  const notes = [report.title, rangeText(report), ...(report.simulated ? [simulatedNote] : []), ...report.paragraphs];
  const about = {
    sheet: 'About',
    data: notes.map((note) => [{ value: note, type: String }]),
    columns: [{ width: 90 }],
  };
  const sheets = report.tables.map((table, index) => ({
    sheet: sheetName(table.title, index),
    data: sheetRows(table),
    columns: table.columns.map((column) => ({ width: column.kind === 'text' ? 24 : 16 })),
    stickyRowsCount: 1,
  }));
  // Tables first: who opens the file wants the figures.
  const workbook = await writeExcelFile([...sheets, about]).toBuffer();
  return new Uint8Array(workbook);
}

function sheetName(title: string, index: number): string {
  const name = title.replace(/[\\/?*[\]:]/g, ' ').slice(0, sheetNameMax);
  return name === '' ? `Table ${index + 1}` : name;
}

function sheetRows({ columns, rows, total }: ReportTable) {
  const row = (cells: readonly ReportCell[], bold: boolean) =>
    columns.map(({ kind }, index) => sheetCell(cells[index] ?? null, kind, bold));
  return [
    columns.map((column) => ({ value: column.title, type: String, fontWeight: 'bold' as const })),
    ...rows.slice(0, rowsMax).map((cells) => row(cells, false)),
    ...(total ? [row(total, true)] : []),
  ];
}

function sheetCell(cell: ReportCell, kind: ColumnKind, bold: boolean) {
  if (cell === null || cell === '') return null;
  const weight = bold ? { fontWeight: 'bold' as const } : {};
  if (typeof cell === 'string') return { value: cell, type: String, ...weight };
  const value = typeof cell === 'number' ? cell : toApproximateNumber(cell);
  return { value, type: Number, format: formats[typeof cell === 'number' ? kind : 'usd'], ...weight };
}
