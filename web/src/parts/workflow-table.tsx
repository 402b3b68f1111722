import { Link } from '@tanstack/react-router';
import { useInstance } from '../api/queries.ts';
import type { Workflow } from '../api/schema.ts';
import { chartDollars, showMoney, showUnitMoney } from '../format/money.ts';
import { showCount, showRatio, showShare } from '../format/number.ts';
import { carry, useView } from '../view/use-view.ts';
import { SimulatedMark, UnknownPriceMark } from './badges.tsx';
import { type Column, DataTable } from './data-table.tsx';

const dollarsOf = (decimal: string | null) => (decimal === null ? -1 : chartDollars(decimal));

export const workflowColumns: readonly Column<Workflow>[] = [
  {
    key: 'workflow',
    label: 'Workflow',
    render: (row) => <Name row={row} />,
    csv: (row) => row.name,
    sort: (row) => row.name,
  },
  {
    key: 'costPerSuccessUsd',
    label: 'Per success',
    number: true,
    render: (row) => (
      <strong title={exact(row.figures.costPerSuccessUsd)}>{showUnitMoney(row.figures.costPerSuccessUsd)}</strong>
    ),
    csv: (row) => row.figures.costPerSuccessUsd,
    sort: (row) => dollarsOf(row.figures.costPerSuccessUsd),
  },
  {
    key: 'costUsd',
    label: 'Total cost',
    number: true,
    render: (row) => <span title={exact(row.figures.costUsd)}>{showMoney(row.figures.costUsd)}</span>,
    csv: (row) => row.figures.costUsd,
    sort: (row) => dollarsOf(row.figures.costUsd),
  },
  {
    key: 'costPerRunUsd',
    label: 'Per run',
    number: true,
    render: (row) => showUnitMoney(row.figures.costPerRunUsd),
    csv: (row) => row.figures.costPerRunUsd,
    sort: (row) => dollarsOf(row.figures.costPerRunUsd),
  },
  {
    key: 'runs',
    label: 'Runs',
    number: true,
    render: (row) => showCount(row.figures.runs),
    csv: (row) => row.figures.runs,
    sort: (row) => row.figures.runs,
  },
  {
    key: 'calls',
    label: 'Calls',
    number: true,
    render: (row) => showCount(row.figures.calls),
    csv: (row) => row.figures.calls,
    sort: (row) => row.figures.calls,
  },
  {
    key: 'callsPerInteraction',
    label: 'Calls ÷ interaction',
    number: true,
    render: (row) => showRatio(row.figures.callsPerInteraction),
    csv: (row) => row.figures.callsPerInteraction,
    sort: (row) => row.figures.callsPerInteraction ?? -1,
  },
  {
    key: 'successShare',
    label: 'Success',
    number: true,
    render: (row) => successText(row),
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
    <DataTable label="Workflows" columns={workflowColumns} rows={byCost.slice(0, limit)} rowKey={(row) => row.name} />
  );
}

function Name({ row }: { readonly row: Workflow }) {
  const { view } = useView();
  // When everything is simulated the banner and the page's title say so once for all rows.
  const instance = useInstance();
  return (
    <span className="row">
      <Link to="/workflows/$name" params={{ name: row.name }} search={carry(view)}>
        {row.name}
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
