import type { Config } from '../../config/index.ts';
import type { CostQuery, Dimension, TimeRange } from '../../ledger/index.ts';
import { addUsd, sumUsd, type Usd, zeroUsd } from '../../money/index.ts';
import { readCostStack } from '../stack/cost-stack.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import type { CostStack } from '../stack/stack.ts';
import { money, type Report, type ReportCell, text } from './report.ts';

export interface ReportScope {
  readonly range: TimeRange;
  readonly config: Config;
  readonly simulated: boolean;
  /** Only what these bear. */
  readonly where?: CostQuery['where'];
}

/** Columns of a pivot; the cheapest beyond are one column. */
const columnsMax = 24;
const nobody = '(none)';

/** Full cost by two dimensions, overheads allocated; `line` as columns shows what it is made of. */
export async function readShowback(
  ledger: EconomicLedger,
  { rows, columns }: { readonly rows: Dimension; readonly columns: Dimension | 'line' },
  scope: ReportScope,
): Promise<Report> {
  const { range, config } = scope;
  const by = columns === 'line' || columns === rows ? [rows] : [rows, columns];
  const stack = await readCostStack(ledger, stackQuestion(by, scope), config);
  const cells = columns === 'line' ? cellsByLine(stack, rows) : cellsByGroup(stack, rows, columns);
  return {
    title: `Showback by ${rows} and ${columns}`,
    ...{ range, timeZone: config.timeZone, simulated: scope.simulated },
    paragraphs: ['Full cost: calls, people and overheads, allocated as burnrate.yaml states.'],
    tables: [pivot(cells, rows, stack.total)],
  };
}

function stackQuestion(by: readonly Dimension[], { range, config, where = {} }: ReportScope) {
  return { range, by, timeZone: config.timeZone, where };
}

interface PivotCell {
  readonly row: string;
  readonly column: string;
  readonly cost: Usd;
}

function cellsByGroup(stack: CostStack, rows: string, columns: string): PivotCell[] {
  return stack.groups.map(({ dimensions, total }) => ({
    row: dimensions[rows] ?? nobody,
    column: dimensions[columns] ?? nobody,
    cost: total,
  }));
}

function cellsByLine(stack: CostStack, rows: string): PivotCell[] {
  return stack.lines.flatMap(({ line, parts }) =>
    parts.map((cost, index) => ({ row: stack.groups[index]?.dimensions[rows] ?? nobody, column: line, cost })),
  );
}

function pivot(cells: readonly PivotCell[], rowTitle: string, total: Usd): Report['tables'][number] {
  const columnTotals = dearestFirst(cells, (cell) => cell.column);
  const shown = columnTotals.slice(0, columnsMax).map(([name]) => name);
  const others = columnTotals.length > columnsMax;
  const rowOf = (own: readonly PivotCell[]): ReportCell[] => {
    const cost = (wanted: (cell: PivotCell) => boolean) => sumUsd(own.filter(wanted).map((cell) => cell.cost));
    const named = shown.map((name) => cost((cell) => cell.column === name));
    const rest = others ? [cost((cell) => !shown.includes(cell.column))] : [];
    return [...named, ...rest, cost(() => true)];
  };
  return {
    title: 'Full cost',
    columns: [text(rowTitle), ...shown.map(money), ...(others ? [money('(others)')] : []), money('total')],
    rows: dearestFirst(cells, (cell) => cell.row).map(([name]) => [
      name,
      ...rowOf(cells.filter((cell) => cell.row === name)),
    ]),
    total: ['total', ...rowOf(cells).slice(0, -1), total],
  };
}

function dearestFirst(cells: readonly PivotCell[], nameOf: (cell: PivotCell) => string): [string, Usd][] {
  const sums = new Map<string, Usd>();
  for (const cell of cells) sums.set(nameOf(cell), addUsd(sums.get(nameOf(cell)) ?? zeroUsd, cell.cost));
  return [...sums].sort(([, a], [, b]) => (a.picos < b.picos ? 1 : a.picos > b.picos ? -1 : 0));
}

/** One row for each group and line that cost something: what is booked to whom. Sums to the stack's total exactly. */
export async function readChargeback(
  ledger: EconomicLedger,
  by: readonly Dimension[],
  scope: ReportScope,
): Promise<Report> {
  const { range, config } = scope;
  const stack = await readCostStack(ledger, stackQuestion(by, scope), config);
  const rows = stack.groups.flatMap((group, index) =>
    stack.lines.flatMap(({ line, name, rule, parts }): ReportCell[][] => {
      const cost = parts[index] ?? zeroUsd;
      return cost.picos === 0n
        ? []
        : [[...by.map((dimension) => group.dimensions[dimension] ?? ''), line, name, rule, cost]];
    }),
  );
  return {
    title: `Chargeback by ${by.join(', ')}`,
    ...{ range, timeZone: config.timeZone, simulated: scope.simulated },
    paragraphs: [],
    tables: [
      {
        title: 'Chargeback',
        columns: [...by.map(text), text('line'), text('item'), text('allocated by'), money('costUsd')],
        rows,
        total: ['total', ...by.slice(1).map(() => ''), '', '', '', stack.total],
      },
    ],
  };
}
