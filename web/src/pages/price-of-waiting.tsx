import type { UnitEconomics, Waiting } from '../api/schema.ts';
import { maxMoney, moneyDigits } from '../format/money.ts';
import { showShare } from '../format/number.ts';
import { Behind } from '../parts/behind.tsx';
import { Cut } from '../parts/cut.tsx';
import type { Column } from '../parts/data-table.tsx';
import { countColumn, moneyColumn } from '../parts/figure-columns.tsx';
import { TablePanel } from '../parts/table-panel.tsx';

type Row = Waiting & { readonly workflow: string };

/** What users do who wait too long, what that costs, and what a second less would save. */
export function PriceOfWaiting({ units }: { readonly units: UnitEconomics }) {
  const rows = units.workflows.flatMap(({ workflow, waiting }) => (waiting === null ? [] : [{ workflow, ...waiting }]));
  return (
    <TablePanel
      title="The price of waiting"
      note="Runs slower than users' patience, times what burnrate.yaml says those users do and what that costs"
      fileName="burnrate-waiting.csv"
      columns={waitingColumns(rows)}
      rows={rows}
      rowKey={({ workflow }) => workflow}
      empty="No workflow that ran says how patient its users are: state workflows.<name>.impatience in burnrate.yaml."
    />
  );
}

function waitingColumns(rows: readonly Row[]): readonly Column<Row>[] {
  const digits = moneyDigits(maxMoney(rows.map(({ costUsd }) => costUsd)));
  const behind = (row: Row, text: string) => (
    <Behind where={{ workflow: [row.workflow] }} list="runs">
      {text}
    </Behind>
  );
  return [
    {
      key: 'workflow',
      label: 'Workflow',
      render: ({ workflow }) => <Cut text={workflow} />,
      csv: ({ workflow }) => workflow,
      sort: ({ workflow }) => workflow,
    },
    {
      key: 'afterSeconds',
      label: 'Patience',
      number: true,
      render: ({ afterSeconds }) => `${afterSeconds} s`,
      csv: ({ afterSeconds }) => afterSeconds,
    },
    {
      key: 'waitedShare',
      label: 'Waited longer',
      number: true,
      render: (row) => behind(row, showShare(row.waitedShare)),
      csv: ({ waitedShare }) => waitedShare,
      sort: ({ waitedShare }) => waitedShare,
    },
    ...[
      countColumn('abandoned', 'Left', behind),
      countColumn('repeated', 'Asked again', behind),
      countColumn('tickets', 'Tickets', behind),
    ],
    ...[
      moneyColumn('costUsd', 'Cost', digits, behind),
      moneyColumn('oneSecondSavedUsd', 'A second less saves', digits, behind),
    ],
  ];
}
