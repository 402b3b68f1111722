import type { StackAnswer, UnitsAnswer } from '../api/index.ts';
import { apiClient } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { print } from './output.ts';
import { onlyOf, type ReportOptions, rangeOf } from './report-range.ts';
import { dollars, percent, sumNotes } from './shown.ts';
import { type Column, table } from './table.ts';
import { terminalWidth } from './terminal.ts';
import { unitsText } from './units-text.ts';

const right = 'right' as const;

/** `burnrate report --full`: every line of the full cost, and what of it each group bears. */
export async function reportFull(effects: Effects, options: ReportOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const by = options.by === undefined ? [] : [['by', options.by] as [string, string]];
  const [stack, units] = await Promise.all([
    client.get<StackAnswer>('/api/stack', [...rangeOf(options), ...by, ...onlyOf(options)]),
    client.get<UnitsAnswer>('/api/unit-economics', [...rangeOf(options), ...onlyOf(options)]),
  ]);
  const width = terminalWidth(effects);
  print(effects, options.json === true, { stack, unitEconomics: units }, () =>
    [stackText(stack, width), unitsText(units, width)].join('\n\n'),
  );
  return exitCodes.fine;
}

function stackText(stack: StackAnswer, width: number): string {
  const share = (part: string) => percent(Number(part) / Number(stack.totalUsd));
  const lineColumns: Column[] = [
    { title: 'line' },
    { title: 'for', flexible: true },
    { title: 'shared by' },
    { title: 'cost', align: right },
    { title: 'share', align: right },
  ];
  const lines = stack.lines.map(({ line, name, rule, costUsd, estimated }) => [
    ...[line, name === line ? '' : name, rule],
    ...[`${dollars(costUsd)}${estimated ? ' (est.)' : ''}`, share(costUsd)],
  ]);
  const total = ['total', '', '', dollars(stack.totalUsd), ''];
  return [
    `Full cost from ${stack.range.from} to ${stack.range.to}`,
    table(lineColumns, [...lines, total], width),
    tokenText(stack),
    groupsText(stack, width, share),
    ...notes(stack),
  ].join('\n\n');
}

function groupsText(stack: StackAnswer, width: number, share: (part: string) => string): string {
  const columns: Column[] = [
    ...stack.by.map((title) => ({ title, flexible: true })),
    { title: 'full cost', align: right },
    { title: 'share', align: right },
    { title: 'of it tokens', align: right },
  ];
  const rows = stack.groups.map(({ dimensions, totalUsd, tokenShare }) => [
    ...stack.by.map((name) => dimensions[name] ?? '–'),
    ...[dollars(totalUsd), share(totalUsd), percent(tokenShare)],
  ]);
  return table(columns, rows, width);
}

function tokenText({ tokenShare, usualTokenShare: { low, high } }: StackAnswer): string {
  if (tokenShare === null) return 'Nothing was spent.';
  return `Tokens are ${percent(tokenShare)} of the whole; ${percent(low)} to ${percent(high)} is usual in production.`;
}

function notes(stack: StackAnswer): string[] {
  return [
    ...(stack.groupsLeftOut > 0 ? [`${stack.groupsLeftOut} more groups are in the total.`] : []),
    ...(stack.minutesWithoutRate > 0
      ? [`${stack.minutesWithoutRate.toFixed(1)} human minutes have no rate under \`people:\` and are in no sum.`]
      : []),
    ...sumNotes(stack),
  ];
}
