import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { showCount } from '../format/number.ts';
import { csvText, saveText } from './csv.ts';
import styles from './data-table.module.css';

export interface Column<Row> {
  /** Unique in its table; the header of the CSV column. */
  readonly key: string;
  readonly label: string;
  readonly number?: boolean;
  /** Only in the file, not on the screen. */
  readonly hidden?: boolean;
  render(row: Row): ReactNode;
  /** What the CSV file holds: exact, unrounded. */
  csv(row: Row): string | number | null;
  /** Present when the column can be sorted by. */
  sort?(row: Row): number | string;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  rowKey(row: Row): string;
  /** A longer table is cut here until it is asked for in full. */
  readonly rowsAtFirst?: number;
  /** Every row at once, for lists that are read page by page. */
  readonly whole?: boolean;
  /** Sums of the rows, shown below them. */
  readonly total?: Row;
}

/** A longer table is cut here until it is asked for in full. */
const rowsUsuallyAtFirst = 25;

interface Order {
  readonly key: string;
  readonly descending: boolean;
}

/** Rows under sortable headings; as they come until a heading is pressed. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, whole = false, rowsAtFirst = rowsUsuallyAtFirst, total } = props;
  const shown = columns.filter((column) => column.hidden !== true);
  const [order, setOrder] = useState<Order | null>(null);
  const [all, setAll] = useState(whole);
  const sorted = sortRows(rows, columns, order);
  return (
    // A scrolling region must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups form fields, which these are not.
    <div role="group" className={styles.scroll} tabIndex={0} aria-label={label}>
      <table className={styles.table}>
        <thead>
          <tr>
            {shown.map((column) => (
              <Heading key={column.key} column={column} order={order} onOrder={setOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {(all ? sorted : sorted.slice(0, rowsAtFirst)).map((row) => (
            <Cells key={rowKey(row)} columns={shown} row={row} />
          ))}
        </tbody>
        {total !== undefined && (
          <tfoot>
            <Cells columns={shown} row={total} />
          </tfoot>
        )}
      </table>
      {!all && rows.length > rowsAtFirst && (
        <div className={styles.rest}>
          <Button size="compact-sm" variant="default" onClick={() => setAll(true)}>
            Show all {showCount(rows.length)} rows
          </Button>
        </div>
      )}
    </div>
  );
}

function Cells<Row>({ columns, row }: { readonly columns: readonly Column<Row>[]; readonly row: Row }) {
  return (
    <tr>
      {columns.map((column) => (
        <td key={column.key} className={column.number ? styles.number : undefined}>
          {column.render(row)}
        </td>
      ))}
    </tr>
  );
}

interface HeadingProps<Row> {
  readonly column: Column<Row>;
  readonly order: Order | null;
  onOrder(order: Order): void;
}

function Heading<Row>({ column, order, onOrder }: HeadingProps<Row>) {
  const active = order?.key === column.key;
  const className = column.number ? styles.number : undefined;
  if (!column.sort) {
    return (
      <th scope="col" className={className}>
        {column.label}
      </th>
    );
  }
  const descending = active ? !order.descending : column.number === true;
  return (
    <th scope="col" className={className} aria-sort={active ? (order.descending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" className={styles.heading} onClick={() => onOrder({ key: column.key, descending })}>
        {column.label}
        <span aria-hidden="true" className={styles.arrow}>
          {active ? (order.descending ? '↓' : '↑') : ''}
        </span>
      </button>
    </th>
  );
}

function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: Order | null): readonly Row[] {
  const sort = columns.find((column) => column.key === order?.key)?.sort;
  if (!order || !sort) return rows;
  const direction = order.descending ? -1 : 1;
  return rows.toSorted((a, b) => direction * compare(sort(a), sort(b)));
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

interface CsvButtonProps<Row> {
  readonly fileName: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

export function CsvButton<Row>({ fileName, columns, rows }: CsvButtonProps<Row>) {
  const save = () => {
    const body = rows.map((row) => columns.map((column) => column.csv(row)));
    saveText(
      fileName,
      csvText(
        columns.map((column) => column.key),
        body,
      ),
    );
  };
  return (
    <Button size="compact-sm" variant="default" onClick={save} disabled={rows.length === 0}>
      Export CSV
    </Button>
  );
}
