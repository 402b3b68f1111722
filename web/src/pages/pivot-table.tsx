import { alignMoney, chartDollars, maxMoney, moneyDigits } from '../format/money.ts';
import { Behind } from '../parts/behind.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { dimensionLabel } from '../view/dimensions.ts';
import type { Filters } from '../view/view-state.ts';
import { otherColumns, type Pivot, type PivotRow } from './pivot.ts';

interface PivotTableProps {
  readonly pivot: Pivot;
  readonly row: string;
  readonly column: string;
}

/** The full cost by two dimensions; every cell leads to the calls that share it. */
export function PivotTable({ pivot, row, column }: PivotTableProps) {
  return (
    <DataTable
      label={`Full cost by ${dimensionLabel(row).toLowerCase()} and ${dimensionLabel(column).toLowerCase()}`}
      columns={pivotColumns(pivot, row, column)}
      rows={pivot.rows}
      rowKey={({ name }) => name}
      total={pivot.total}
    />
  );
}

export function pivotColumns(pivot: Pivot, row: string, column: string): readonly Column<PivotRow>[] {
  const digits = moneyDigits(maxMoney(pivot.rows.map(({ totalUsd }) => totalUsd)));
  const own = (each: PivotRow): Filters => (each === pivot.total ? {} : { [row]: [each.name] });
  const money = (
    key: string,
    label: string,
    amountOf: (each: PivotRow) => string | undefined,
    where: Filters,
  ): Column<PivotRow> => ({
    key,
    label,
    number: true,
    render: (each) => <Amount usd={amountOf(each)} digits={digits} where={{ ...own(each), ...where }} />,
    csv: (each) => amountOf(each) ?? '0',
    sort: (each) => chartDollars(amountOf(each) ?? '0'),
  });
  return [
    {
      key: row,
      label: dimensionLabel(row),
      render: (each) => (each === pivot.total ? 'Total' : each.name || <span className="muted">(none)</span>),
      csv: ({ name }) => name,
      sort: ({ name }) => name,
    },
    ...pivot.columns.map((name) =>
      money(name || '(none)', name || '(none)', ({ cells }) => cells.get(name), { [column]: [name] }),
    ),
    ...(pivot.others ? [money('(others)', 'Others', ({ cells }) => cells.get(otherColumns), {})] : []),
    money('totalUsd', 'Total', ({ totalUsd }) => totalUsd, {}),
  ];
}

interface AmountProps {
  readonly usd: string | undefined;
  readonly digits: number;
  readonly where: Filters;
}

function Amount({ usd, digits, where }: AmountProps) {
  if (usd === undefined) return <span className="muted">–</span>;
  return (
    <span title={`$${usd}`}>
      <Behind where={where}>{alignMoney(usd, digits)}</Behind>
    </span>
  );
}
