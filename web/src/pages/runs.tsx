import { Link } from '@tanstack/react-router';
import { useRuns } from '../api/queries.ts';
import type { RunInList } from '../api/schema.ts';
import { showMoney, showUnitMoney, unknownText } from '../format/money.ts';
import { showCount, showDuration } from '../format/number.ts';
import { showMoment } from '../format/time.ts';
import { EstimatedMark, SimulatedMark, UnknownPriceMark } from '../parts/badges.tsx';
import { Behind } from '../parts/behind.tsx';
import { Cut } from '../parts/cut.tsx';
import type { Column } from '../parts/data-table.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { More } from '../parts/more.tsx';
import { PageHead } from '../parts/panel.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { behaviourFilter } from '../view/behaviour-filter.ts';
import { useTitle } from '../view/use-title.ts';
import { carry, useView } from '../view/use-view.ts';
import { outcomeFilter } from '../view/view-state.ts';

const pageSize = 50;

/** The single runs behind a number, with how they ended. */
export function RunsPage() {
  const { view } = useView();
  const runs = useRuns(view.where, view.range, pageSize);
  useTitle('Runs');
  return (
    <>
      <PageHead title="Runs" badges={runs.query.data?.some((run) => run.simulated) && <SimulatedMark />} />
      <FilterBar also={[behaviourFilter, outcomeFilter]} />
      <TablePanel
        title="Newest first"
        label="Runs"
        note="Runs that began in this range and whose first call matches."
        fileName="burnrate-runs.csv"
        query={runs.query}
        columns={columns}
        rows={runs.query.data ?? []}
        rowKey={(run) => `${run.id} ${run.startedAt}`}
        empty="No runs in this range match these filters."
        whole
      >
        <More pages={runs} what="runs" />
      </TablePanel>
    </>
  );
}

const columns: readonly Column<RunInList>[] = [
  {
    key: 'startedAt',
    label: 'Began',
    render: (run) => showMoment(run.startedAt),
    csv: (run) => run.startedAt,
    sort: (run) => Date.parse(run.startedAt),
  },
  { key: 'id', label: 'Run', render: (run) => <RunLink run={run} />, csv: (run) => run.id },
  {
    key: 'workflow',
    label: 'Workflow',
    render: (run) => <Named text={run.workflow} />,
    csv: (run) => run.workflow ?? null,
    sort: (run) => run.workflow ?? '',
  },
  {
    key: 'outcome',
    label: 'Outcome',
    render: (run) => run.outcome ?? <span className="muted">open</span>,
    csv: (run) => run.outcome ?? 'open',
    sort: (run) => run.outcome ?? '',
  },
  {
    key: 'user',
    label: 'User',
    render: (run) => <Named text={run.user} />,
    csv: (run) => run.user ?? null,
  },
  {
    key: 'calls',
    label: 'Calls',
    number: true,
    render: (run) => <Behind where={{ run: [run.id] }}>{showCount(run.calls)}</Behind>,
    csv: (run) => run.calls,
    sort: (run) => run.calls,
  },
  {
    key: 'attempts',
    label: 'Attempts',
    number: true,
    render: (run) => <Behind where={{ run: [run.id] }}>{showCount(run.attempts)}</Behind>,
    csv: (run) => run.attempts,
    sort: (run) => run.attempts,
  },
  {
    key: 'durationMs',
    label: 'Took',
    number: true,
    render: (run) => <ToRun run={run}>{showDuration(run.durationMs)}</ToRun>,
    csv: (run) => run.durationMs,
    sort: (run) => run.durationMs,
  },
  {
    key: 'valueUsd',
    label: 'Value',
    number: true,
    render: (run) => (run.valueUsd === null ? unknownText : <ToRun run={run}>{showMoney(run.valueUsd)}</ToRun>),
    csv: (run) => run.valueUsd,
    sort: (run) => Number(run.valueUsd ?? -1),
  },
  {
    key: 'costUsd',
    label: 'Cost',
    number: true,
    render: (run) => <Cost run={run} />,
    csv: (run) => run.costUsd,
    sort: (run) => Number(run.knownCostUsd),
  },
];

function Named({ text }: { readonly text: string | undefined }) {
  return text === undefined ? <span className="muted">(none)</span> : <Cut text={text} />;
}

function RunLink({ run }: { readonly run: RunInList }) {
  const { view } = useView();
  return (
    <span className="row">
      <Link to="/runs/$id" params={{ id: run.id }} search={carry(view)} className="mono" title={run.id}>
        {run.id.length > 18 ? `…${run.id.slice(-12)}` : run.id}
      </Link>
      <EstimatedMark attempts={run.estimatedAttempts} short />
    </span>
  );
}

/** Figures of a run are made of what its page lists; the keyboard comes there by the row's own link. */
function ToRun({ run, children }: { readonly run: RunInList; readonly children: string }) {
  const { view } = useView();
  return (
    <Link to="/runs/$id" params={{ id: run.id }} search={carry(view)} tabIndex={-1} className="figure">
      {children}
    </Link>
  );
}

function Cost({ run }: { readonly run: RunInList }) {
  return (
    <span className="row">
      <UnknownPriceMark attempts={run.unknownPriceAttempts} short />
      <span title={run.costUsd === null ? undefined : `$${run.costUsd}`}>
        <ToRun run={run}>{showUnitMoney(run.costUsd)}</ToRun>
      </span>
    </span>
  );
}
