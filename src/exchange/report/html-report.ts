import { htmlText } from '../../base/index.ts';
import type { Report, ReportCell, ReportTable } from '../../economics/index.ts';
import { cellText, rangeText, simulatedNote } from './cell-text.ts';

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem }
th, td { padding: .3rem .6rem; border-bottom: 1px solid #8886; text-align: left }
.figure { text-align: right; font-variant-numeric: tabular-nums }
tfoot td { font-weight: 600 }
@media print { body { margin: 0 } }`;

/** A report as one self-contained page that prints well; it loads nothing and runs nothing. */
export function htmlReport(report: Report): string {
  const paragraphs = report.paragraphs.map((paragraph) => `<p>${htmlText(paragraph)}</p>`);
  const note = report.simulated ? [`<p><strong>${simulatedNote}</strong></p>`] : [];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${htmlText(report.title)}</title><style>${style}</style></head><body>
<h1>${htmlText(report.title)}</h1><p>${htmlText(rangeText(report))}</p>
${[...note, ...paragraphs, ...report.tables.map(tableHtml)].join('\n')}
</body></html>
`;
}

function tableHtml({ title, columns, rows, total }: ReportTable): string {
  const cells = (tag: 'td' | 'th', texts: readonly string[]) =>
    texts.map((cell, index) => `<${tag}${classOf(columns[index]?.kind)}>${htmlText(cell)}</${tag}>`).join('');
  const row = (values: readonly ReportCell[]) =>
    `<tr>${cells(
      'td',
      columns.map(({ kind }, index) => cellText(values[index], kind)),
    )}</tr>`;
  const head = cells(
    'th',
    columns.map((column) => column.title),
  );
  const foot = total ? `<tfoot>${row(total)}</tfoot>` : '';
  return `<h2>${htmlText(title)}</h2><table><thead><tr>${head}</tr></thead><tbody>${rows.map(row).join('\n')}</tbody>${foot}</table>`;
}

const classOf = (kind: string | undefined) => (kind === 'text' ? '' : ' class="figure"');
