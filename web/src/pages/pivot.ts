import type { CostStack } from '../api/schema.ts';
import { addMoney, chartDollars } from '../format/money.ts';

/** One row of a pivot: what one value bears, by the values of the other dimension. */
export interface PivotRow {
  readonly name: string;
  /** By column; what is missing is nothing. */
  readonly cells: ReadonlyMap<string, string>;
  readonly totalUsd: string;
}

export interface Pivot {
  /** Dearest first. */
  readonly columns: readonly string[];
  /** True when the cheapest columns are one. */
  readonly others: boolean;
  readonly rows: readonly PivotRow[];
  readonly total: PivotRow;
}

/** More columns than this cannot be read. */
const columnsMax = 12;
/** What stands for every column beyond; no value of a dimension holds this character. */
export const otherColumns = '\u0000';

/** The groups of a stack by two dimensions as a table; every sum is exact. */
export function pivotOf(stack: CostStack, rowName: string, columnName: string): Pivot {
  const cells = stack.groups.map(({ dimensions, totalUsd }) => ({
    row: dimensions[rowName] ?? '',
    column: dimensions[columnName] ?? '',
    totalUsd,
  }));
  const ranked = dearestFirst(cells, (cell) => cell.column);
  const columns = ranked.slice(0, columnsMax);
  const shown = new Set(columns);
  const rowOf = (name: string, own: typeof cells): PivotRow => {
    const sums = sumsBy(own, (cell) => (shown.has(cell.column) ? cell.column : otherColumns));
    return { name, cells: sums, totalUsd: own.reduce((sum, cell) => addMoney(sum, cell.totalUsd), '0') };
  };
  return {
    columns,
    others: ranked.length > columnsMax,
    rows: dearestFirst(cells, (cell) => cell.row).map((name) =>
      rowOf(
        name,
        cells.filter((cell) => cell.row === name),
      ),
    ),
    total: rowOf('', cells),
  };
}

type Cell = { readonly row: string; readonly column: string; readonly totalUsd: string };

function sumsBy(cells: readonly Cell[], nameOf: (cell: Cell) => string): Map<string, string> {
  const sums = new Map<string, string>();
  for (const cell of cells) sums.set(nameOf(cell), addMoney(sums.get(nameOf(cell)) ?? '0', cell.totalUsd));
  return sums;
}

function dearestFirst(cells: readonly Cell[], nameOf: (cell: Cell) => string): string[] {
  return [...sumsBy(cells, nameOf)].sort((a, b) => chartDollars(b[1]) - chartDollars(a[1])).map(([name]) => name);
}
