import type { ChangeReport, ChangeRow } from '../compare/check-change.ts';
import { money, percent } from './shown-figures.ts';
import { type DrawTable, figureTable } from './text-table.ts';

const signed = (share: number | null): string =>
  share === null ? 'new or gone' : `${share > 0 ? '+' : ''}${percent(share)}`;

function cells(row: ChangeRow): string[] {
  const calls = `${row.callsBefore?.toFixed(2) ?? 'none'} → ${row.callsAfter?.toFixed(2) ?? 'none'}`;
  return [
    row.workflow,
    money(row.beforeUsd),
    money(row.afterUsd),
    signed(row.change),
    calls,
    row.failed ? 'too much' : 'fine',
  ];
}

const titles = ['workflow', 'before', 'after', 'change', 'calls/interaction', ''] as const;

function verdict({ ok, maxIncrease }: ChangeReport): string {
  if (maxIncrease === null) return 'Cost per successful outcome; no limit was set.';
  const limit = percent(maxIncrease);
  return ok
    ? `No workflow's cost per successful outcome rises by more than ${limit}.`
    : `The cost per successful outcome rises by more than ${limit}.`;
}

export function changeText(report: ChangeReport, draw: DrawTable): string {
  return `${figureTable(draw, titles, report.rows.map(cells))}\n${verdict(report)}`;
}

/** For a pull request. */
export function changeMarkdown(report: ChangeReport): string {
  const escaped = (cell: string): string => cell.replaceAll('|', '\\|');
  const row = (values: readonly string[]): string => `| ${values.map(escaped).join(' | ')} |`;
  return [
    `### ${report.ok ? 'Cost per outcome' : 'Cost per outcome rises too much'}`,
    '',
    row(titles),
    row(titles.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...report.rows.map((each) => row(cells(each))),
    '',
    verdict(report),
    '',
  ].join('\n');
}
