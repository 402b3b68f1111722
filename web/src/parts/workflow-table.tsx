import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useInstance } from '../api/queries.ts';
import type { Workflow } from '../api/schema.ts';
import { alignMoney, chartDollars, maxMoney, moneyDigits, unknownText } from '../format/money.ts';
import { showCount, showRatio, showShare } from '../format/number.ts';
import { carry, useView } from '../view/use-view.ts';
import { SimulatedMark, UnknownPriceMark } from './badges.tsx';
import { Behind } from './behind.tsx';
import { type Column, DataTable } from './data-table.tsx';

const dollarsOf = (decimal: string | null) => (decimal === null ? -1 : chartDollars(decimal));

/** Money lines up within each column. */
export function workflowColumns(workflows: readonly Workflow[]): readonly Column<Workflow>[] {
  return [nameColumn, ...moneyColumns(workflows), ...countColumns];
}

const nameColumn: Column<Workflow> = {
  key: 'workflow',
  label: 'Workflow',
  render: (row) => <Name row={row} />,
  csv: (row) => row.name,
  sort: (row) => row.name,
};

const moneyNames = [
  ['costPerSuccessUsd', 'Per success'],
  ['costUsd', 'Total cost'],
  ['costPerRunUsd', 'Per run'],
] as const;

function moneyColumns(workflows: readonly Workflow[]): Column<Workflow>[] {
  return moneyNames.map(([key, label]) => {
    const digits = moneyDigits(maxMoney(workflows.map((row) => row.figures[key])));
    return {
      key,
      label,
      number: true,
      render: (row) => (
        <span title={exact(row.figures[key])}>
          <Of row={row} list={key === 'costUsd' ? 'calls' : 'runs'}>
            {alignMoney(row.figures[key], digits)}
          </Of>
        </span>
      ),
      csv: ({ figures }) => figures[key],
      sort: ({ figures }) => dollarsOf(figures[key]),
    };
  });
}

const countColumns: readonly Column<Workflow>[] = [
  {
    key: 'runs',
    label: 'Runs',
    number: true,
    render: (row) => (
      <Of row={row} list="runs">
        {showCount(row.figures.runs)}
      </Of>
    ),
    csv: (row) => row.figures.runs,
    sort: (row) => row.figures.runs,
  },
  {
    key: 'calls',
    label: 'Calls',
    number: true,
    render: (row) => <Of row={row}>{showCount(row.figures.calls)}</Of>,
    csv: (row) => row.figures.calls,
    sort: (row) => row.figures.calls,
  },
  {
    key: 'callsPerInteraction',
    label: 'Calls ÷ interaction',
    number: true,
    render: (row) => <Of row={row}>{showRatio(row.figures.callsPerInteraction)}</Of>,
    csv: (row) => row.figures.callsPerInteraction,
    sort: (row) => row.figures.callsPerInteraction ?? -1,
  },
  {
    key: 'successShare',
    label: 'Success',
    number: true,
    render: (row) => (
      <Of row={row} list="runs" outcome="success">
        {successText(row)}
      </Of>
    ),
    csv: (row) => successShare(row),
    sort: (row) => successShare(row) ?? -1,
  },
];

interface WorkflowTableProps {
  readonly workflows: readonly Workflow[];
  /** Only the dearest so many. */
  readonly limit?: number;
}

/** The dearest first. */
export function WorkflowTable({ workflows, limit }: WorkflowTableProps) {
  const byCost = workflows.toSorted((a, b) => dollarsOf(b.figures.costUsd) - dollarsOf(a.figures.costUsd));
  return (
    <DataTable
      label="Workflows"
      columns={workflowColumns(workflows)}
      rows={byCost.slice(0, limit)}
      rowKey={(row) => row.name}
    />
  );
}

interface OfProps {
  readonly row: Workflow;
  readonly list?: 'calls' | 'runs';
  readonly outcome?: string;
  readonly children: ReactNode;
}

/** A figure of a workflow leads to its calls or runs; a dash leads nowhere. */
function Of({ row, list = 'calls', outcome, children }: OfProps) {
  if (children === unknownText) return children;
  const ended = outcome === undefined ? {} : { outcome: [outcome] };
  return (
    <Behind where={{ workflow: [row.name], ...ended }} list={list}>
      {children}
    </Behind>
  );
}

function Name({ row }: { readonly row: Workflow }) {
  const { view } = useView();
  // When everything is simulated the banner and the page's title say so once for all rows.
  const instance = useInstance();
  return (
    <span className="row">
      <Link to="/workflows/$name" params={{ name: row.name === '' ? '(none)' : row.name }} search={carry(view)}>
        {row.name === '' ? '(none)' : row.name}
      </Link>
      {row.simulated && !instance.data?.simulated && <SimulatedMark />}
      <UnknownPriceMark attempts={row.figures.unknownPriceAttempts} short />
    </span>
  );
}

/** Of the runs that ended; null while none has. */
function successShare({ figures }: Workflow): number | null {
  const ended = Object.values(figures.outcomes).reduce((sum, count) => sum + count, 0);
  return ended === 0 ? null : figures.outcomes.success / ended;
}

function successText(row: Workflow): string {
  const share = successShare(row);
  return share === null ? '—' : showShare(share);
}

function exact(decimal: string | null): string | undefined {
  return decimal === null ? undefined : `$${decimal}`;
}
