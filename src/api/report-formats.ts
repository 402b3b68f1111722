import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Report, ReportCell } from '../economics/index.ts';
import { csvTable, dayText, htmlReport, markdownReport, xlsxReport } from '../exchange/index.ts';
import { toDecimal } from '../money/index.ts';
import { rangeJson } from './range.ts';
import { FieldsRefused } from './refusals.ts';
import type { reportSchema } from './schemas-reports.ts';

export const reportFormats = ['json', 'markdown', 'html', 'csv', 'xlsx'] as const;
export type ReportFormat = (typeof reportFormats)[number];

const contentTypes: Readonly<Record<ReportFormat, string>> = {
  json: 'application/json',
  markdown: 'text/markdown; charset=utf-8',
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** The format asked for by name, else the first the Accept header names, else JSON. */
export function formatOf(asked: ReportFormat | undefined, accept: string): ReportFormat {
  if (asked !== undefined) return asked;
  const wanted = accept.split(',').map((type) => type.split(';')[0]?.trim());
  const known = wanted.flatMap((type) => reportFormats.filter((name) => contentTypes[name].split(';')[0] === type));
  return known[0] ?? 'json';
}

/** The same numbers in any format; files carry a name to be saved under. */
export async function sendReport(context: Context, report: Report, format: ReportFormat): Promise<Response> {
  const headers = { 'content-type': contentTypes[format], ...attachment(report, format) };
  return context.body(await bodyOf(report, format), 200, headers);
}

async function bodyOf(report: Report, format: ReportFormat): Promise<string | Uint8Array<ArrayBuffer>> {
  switch (format) {
    case 'json':
      return JSON.stringify(reportJson(report));
    case 'markdown':
      return markdownReport(report);
    case 'html':
      return htmlReport(report);
    case 'xlsx':
      return xlsxReport(report);
    case 'csv':
      return csvOf(report);
  }
}

function csvOf({ tables }: Report): string {
  const [table, ...more] = tables;
  if (table !== undefined && more.length === 0) return csvTable(table);
  throw new FieldsRefused([{ field: 'format', message: 'a report of several tables is no CSV; take xlsx' }]);
}

/** The name says that data is simulated, since a bare table has no place for it. */
function attachment({ title, range, timeZone, simulated }: Report, format: ReportFormat): Record<string, string> {
  if (format !== 'csv' && format !== 'xlsx') return {};
  const words = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const name = `${words}-${dayText(range.fromMs, timeZone)}${simulated ? '-simulated' : ''}.${format}`;
  return { 'content-disposition': `attachment; filename="${name}"` };
}

export function reportJson(report: Report): z.infer<typeof reportSchema> {
  const cell = (value: ReportCell) => (value !== null && typeof value === 'object' ? toDecimal(value) : value);
  return {
    title: report.title,
    range: rangeJson(report.range),
    timeZone: report.timeZone,
    simulated: report.simulated,
    paragraphs: [...report.paragraphs],
    tables: report.tables.map(({ title, columns, rows, total }) => ({
      title,
      columns: [...columns],
      rows: rows.map((row) => row.map(cell)),
      total: total === undefined ? null : total.map(cell),
    })),
  };
}
