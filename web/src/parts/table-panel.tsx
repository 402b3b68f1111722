import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { CsvButton, DataTable, type DataTableProps } from './data-table.tsx';
import { Panel, type PanelProps } from './panel.tsx';
import { Loaded, NothingHere } from './states.tsx';

interface TablePanelProps<Row> extends Pick<PanelProps, 'id' | 'note' | 'actions'>, Omit<DataTableProps<Row>, 'label'> {
  readonly title: string;
  /** Of the table; the title when left out. */
  readonly label?: string;
  /** Of the CSV file. */
  readonly fileName: string;
  /** What the rows are read by; left out when they are there already. */
  readonly query?: UseQueryResult<unknown>;
  /** What stands there when there are no rows. */
  readonly empty: ReactNode;
  /** Above the table, when there are rows. */
  readonly before?: ReactNode;
  /** Below the table. */
  readonly children?: ReactNode;
}

/** Of what stands in while rows are awaited, px. */
const waitingPx = 180;

/** A panel that is one table: its states, and the same rows as a file. */
export function TablePanel<Row>(props: TablePanelProps<Row>) {
  const { title, id, note, actions, fileName, query, empty, before, children, label = title, ...table } = props;
  const { columns, rows } = table;
  const shown = () => (rows.length === 0 ? <NothingHere>{empty}</NothingHere> : <DataTable label={label} {...table} />);
  return (
    <Panel
      title={title}
      note={note}
      flush
      {...(id === undefined ? {} : { id })}
      actions={
        <>
          {actions}
          <CsvButton fileName={fileName} columns={columns} rows={rows} />
        </>
      }
    >
      {rows.length > 0 && before}
      {query === undefined ? (
        shown()
      ) : (
        <Loaded query={query} height={waitingPx}>
          {shown}
        </Loaded>
      )}
      {children}
    </Panel>
  );
}
