import type { Report, ReportCell, ReportTable } from '../../economics/index.ts';
import { cellText, rangeText, simulatedNote } from './cell-text.ts';

/** A report as GitHub Markdown. */
export function markdownReport(report: Report): string {
  return [
    `# ${report.title}`,
    rangeText(report),
    ...(report.simulated ? [`**${simulatedNote}**`] : []),
    ...report.paragraphs,
    ...report.tables.map(tableText),
  ]
    .join('\n\n')
    .concat('\n');
}

function tableText({ title, columns, rows, total }: ReportTable): string {
  if (rows.length === 0) return `## ${title}\n\nNothing.`;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const row = (cells: readonly ReportCell[]) =>
    line(columns.map(({ kind }, index) => escaped(cellText(cells[index], kind))));
  const rule = line(columns.map(({ kind }) => (kind === 'text' ? '---' : '---:')));
  const titles = line(columns.map((column) => escaped(column.title)));
  return [`## ${title}`, '', titles, rule, ...rows.map(row), ...(total ? [row(total)] : [])].join('\n');
}

const escaped = (text: string) => text.replace(/[\\|`<>]/g, '\\$&').replace(/\r?\n/g, ' ');
