import { htmlText } from '../../base/index.ts';

/** A table whose first column is text and whose others are figures; it scrolls by itself where it is too wide. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = titles.map((title) => `<th scope="col">${htmlText(title)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${htmlText(cell)}</td>`).join('')}</tr>`).join('\n');
  return framed(`<thead><tr>${head}</tr></thead><tbody>${body}</tbody>`);
}

/** A row of the cost tree: how deep it stands and what part of everything it is, 0 to 1. */
export interface TreeRow {
  readonly depth: 0 | 1 | 2;
  readonly name: string;
  readonly cells: readonly string[];
  readonly share: number;
}

/** A tree as an indented table with bars, which also prints. */
export function treeTable(titles: readonly string[], rows: readonly TreeRow[]): string {
  const head = [...titles, ''].map((title) => `<th scope="col">${htmlText(title)}</th>`).join('');
  const body = rows.map(({ depth, name, cells, share }) => {
    const width = Math.min(100, Math.max(0, share * 100)).toFixed(1);
    const figures = cells.map((cell) => `<td>${htmlText(cell)}</td>`).join('');
    return `<tr class="d${depth}"><th scope="row">${htmlText(name)}</th>${figures}<td class="bar"><i style="width:${width}%"></i></td></tr>`;
  });
  return framed(`<thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody>`);
}

const framed = (content: string): string => `<div class="frame" tabindex="0"><table>${content}</table></div>`;

/** One whole page that asks nothing of the network, follows the reader's colour scheme and prints dark on white. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${htmlText(title)}</title><style>${style}</style></head><body>
${body}
</body></html>
`;
}

const style = `
:root{color-scheme:light;--ink:#1c2430;--soft:#4a5768;--rule:#dde2e9;--paper:#fff;--mean:#2f62a8;--band:#c5d6ec;--swing:#b8741a}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--ink:#e4e8ee;--soft:#a9b4c2;--rule:#39424f;--paper:#14181e;--mean:#7fabe6;--band:#2b4263;--swing:#d99a45}}
html{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
body{max-width:64rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2.5rem;border-bottom:1px solid var(--rule)}h3{font-size:1rem;margin:1.5rem 0 .3rem}
.frame{overflow-x:auto;margin:.5rem 0 1rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .5rem;text-align:right;border-bottom:1px solid var(--rule)}
th:first-child,td:first-child{text-align:left;white-space:nowrap}thead th{font-weight:600;color:var(--soft)}
tbody th{font-weight:400}.d0 th{font-weight:600}.d1 th{padding-left:1.5rem}.d2 th{padding-left:2.75rem;color:var(--soft)}
.bar{width:30%}.bar i{display:block;height:.7rem;background:var(--mean);-webkit-print-color-adjust:exact;print-color-adjust:exact}
.d1 .bar i{opacity:.75}.d2 .bar i{opacity:.5}
svg{max-width:100%;height:auto}
@page{margin:15mm}
@media print{html{font-size:11px}body{margin:0;max-width:none}h2,h3{break-after:avoid}svg,tr{break-inside:avoid}.frame{overflow:visible}section.scenario{break-before:page}}
`;
