import { formatUsd, usd } from '../../money/index.ts';
import type { ChangeReport, ChangeRow } from '../compare/check-change.ts';
import type { DrawTable } from './forecast-text.ts';

const money = (text: string | null): string => (text === null ? 'none' : formatUsd(usd(text)));
const signed = (share: number | null): string =>
  share === null ? 'new or gone' : `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;

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
  const limit = `${(maxIncrease * 100).toFixed(1)} %`;
  return ok
    ? `No workflow's cost per successful outcome rises by more than ${limit}.`
    : `The cost per successful outcome rises by more than ${limit}.`;
}

export function changeText(report: ChangeReport, draw: DrawTable): string {
  const columns = titles.map((title, index) =>
    index === 0 ? { title, flexible: true } : { title, align: 'right' as const },
  );
  return `${draw(columns, report.rows.map(cells))}\n${verdict(report)}`;
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
