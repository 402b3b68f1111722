import type { ReactNode } from 'react';
import { alignMoney, chartDollars } from '../format/money.ts';
import { showCount } from '../format/number.ts';
import type { Column } from './data-table.tsx';

/** Wraps a figure in the way to the calls or runs it was counted from. */
type WayBehind<Row> = (row: Row, text: string) => ReactNode;

/** A column of amounts with as many digits as its table has, exact on hover. */
export function moneyColumn<Key extends string, Row extends Readonly<Record<Key, string>>>(
  key: Key,
  label: string,
  digits: number,
  behind: WayBehind<Row>,
): Column<Row> {
  return {
    key,
    label,
    number: true,
    render: (row) => <span title={`$${row[key]}`}>{behind(row, alignMoney(row[key], digits))}</span>,
    csv: (row) => row[key],
    sort: (row) => chartDollars(row[key]),
  };
}

/** A column of whole counts. */
export function countColumn<Key extends string, Row extends Readonly<Record<Key, number>>>(
  key: Key,
  label: string,
  behind: WayBehind<Row>,
): Column<Row> {
  return {
    key,
    label,
    number: true,
    render: (row) => behind(row, showCount(row[key])),
    csv: (row) => row[key],
    sort: (row) => row[key],
  };
}
