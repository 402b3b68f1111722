import type { CostSumsAnswer, CostsAnswer, WorkflowTreeAnswer } from '../api/index.ts';
import { formatUsd, toApproximateNumber, toDecimal, type Usd, usd } from '../money/index.ts';
import { percent, sumNotes } from './shown.ts';
import { type Column, table } from './table.ts';

const right = 'right' as const;

/** A table of costs by the dimensions asked for; its rows and what it left out sum to the total. */
export function costsText(costs: CostsAnswer, width: number): string {
  if (costs.total.attempts === 0) return `No calls from ${costs.range.from} to ${costs.range.to}.`;
  const columns: Column[] = [
    ...costs.by.map((title) => ({ title, flexible: true })),
    { title: 'cost', align: right },
    { title: 'share', align: right },
    { title: 'calls', align: right },
    { title: 'attempts', align: right },
    { title: 'tokens in', align: right },
    { title: 'tokens out', align: right },
  ];
  const rows = costs.rows.map((row) => [
    ...costs.by.map((name) => String(row[name] ?? '–')),
    ...sumCells(row, costs.totalUsd),
  ]);
  const total = [...costs.by.map((_, index) => (index === 0 ? 'total' : '')), ...sumCells(costs.total, costs.totalUsd)];
  const notes = [
    ...(costs.rowsLeftOut > 0 ? [`${costs.rowsLeftOut} more rows are in the total.`] : []),
    ...sumNotes({ ...costs.total, simulated: costs.simulated }),
  ];
  return [table(columns, [...rows, total], width), ...notes].join('\n');
}

function sumCells(sums: CostSumsAnswer, totalUsd: string): string[] {
  const { costUsd, calls, attempts, inputTokens, outputTokens } = sums;
  return [
    shownUsd(usd(costUsd)),
    shareOf(costUsd, totalUsd),
    ...[calls, attempts, inputTokens, outputTokens].map((count) => count.toLocaleString('en')),
  ];
}

/** Cents say too little of a cost per call: below a dollar four significant digits are shown. */
function shownUsd(amount: Usd): string {
  const dollars = toApproximateNumber(amount);
  const small = Math.abs(dollars) < 1 && Math.abs(dollars) >= 0.01;
  return small ? `$${dollars.toPrecision(4)}` : formatUsd(amount);
}

function shareOf(part: string, whole: string): string {
  const total = usd(whole).picos;
  if (total === 0n) return '';
  return percent(Number(usd(part).picos) / Number(total));
}

/** The tree with its shares, and what each thing cost. */
export function treeText(answer: WorkflowTreeAnswer, width: number): string {
  const columns: Column[] = [
    { title: `${answer.name || '(no workflow)'}${answer.simulated ? ' (SIMULATED)' : ''}`, flexible: true },
    { title: 'cost', align: right },
    { title: 'share', align: right },
    { title: 'calls', align: right },
    { title: 'attempts', align: right },
  ];
  const rows = answer.tree.children.flatMap((child, index, all) =>
    branchRows(child, '', index === all.length - 1, answer.tree.totalUsd),
  );
  return [table(columns, [...rows, ...lineRows(answer)], width), '', unitCosts(answer, width)].join('\n');
}

function branchRows(node: WorkflowTreeAnswer['tree'], indent: string, last: boolean, totalUsd: string): string[][] {
  const own = [
    `${indent}${last ? '└ ' : '├ '}${node.name || '(no stage)'}`,
    shownUsd(usd(node.totalUsd)),
    shareOf(node.totalUsd, totalUsd),
    node.counts.calls.toLocaleString('en'),
    node.counts.attempts.toLocaleString('en'),
  ];
  const below = `${indent}${last ? '  ' : '│ '}`;
  const children = node.children.flatMap((child, index, all) =>
    branchRows(child, below, index === all.length - 1, totalUsd),
  );
  return [own, ...children];
}

/** What the money went for, by kind of line. */
function lineRows({ tree }: WorkflowTreeAnswer): string[][] {
  const sums = new Map<string, bigint>();
  for (const { line, costUsd } of tree.lines) sums.set(line, (sums.get(line) ?? 0n) + usd(costUsd).picos);
  const total = [
    'total',
    shownUsd(usd(tree.totalUsd)),
    '',
    tree.counts.calls.toLocaleString('en'),
    tree.counts.attempts.toLocaleString('en'),
  ];
  if (sums.size < 2) return [total];
  const kinds = [...sums].map(([line, picos]) => [
    `of which ${line}`,
    shownUsd({ picos }),
    shareOf(toDecimal({ picos }), tree.totalUsd),
    '',
    '',
  ]);
  return [total, ...kinds];
}

function unitCosts({ figures }: WorkflowTreeAnswer, width: number): string {
  const { outcomes } = figures;
  const ended = outcomes.success + outcomes.escalated + outcomes.abandoned + outcomes.failed;
  const columns: Column[] = [
    { title: 'cost per', flexible: true },
    { title: 'USD', align: right },
    { title: 'count', align: right },
  ];
  const row = (name: string, cost: string | null, count: number) => [
    name,
    cost === null ? '–' : shownUsd(usd(cost)),
    count.toLocaleString('en'),
  ];
  const rows = [
    row('call', figures.costPerCallUsd, figures.calls),
    row('interaction', figures.costPerInteractionUsd, figures.interactions),
    row('run', figures.costPerRunUsd, figures.runs),
    row('successful outcome', figures.costPerSuccessUsd, outcomes.success),
  ];
  const multiplier = figures.callsPerInteraction === null ? '–' : figures.callsPerInteraction.toFixed(2);
  return [
    table(columns, rows, width),
    `calls ÷ interaction: ${multiplier}`,
    `outcomes: ${ended} (success ${outcomes.success}, escalated ${outcomes.escalated}, abandoned ${outcomes.abandoned}, failed ${outcomes.failed}); ${figures.runsOpen} runs without one`,
  ].join('\n');
}
