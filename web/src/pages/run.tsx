import { Link, useParams } from '@tanstack/react-router';
import { useRun } from '../api/queries.ts';
import type { Run } from '../api/schema.ts';
import { showMoney, showUnitMoney } from '../format/money.ts';
import { plural, showCount, showDuration } from '../format/number.ts';
import { showMoment } from '../format/time.ts';
import { EstimatedMark, SimulatedMark, UnknownPriceMark } from '../parts/badges.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { PageHead } from '../parts/panel.tsx';
import { Loaded } from '../parts/states.tsx';
import { TablePanel } from '../parts/table-panel.tsx';
import { useTitle } from '../view/use-title.ts';
import { carry, useView } from '../view/use-view.ts';
import { callColumns } from './call-columns.tsx';

/** All but the run, which is the page. */
const columns = callColumns.filter(({ key }) => key !== 'run');

/** One run: its calls in order, and how it ended. */
export function RunPage() {
  const { id } = useParams({ from: '/runs/$id' });
  const { view } = useView();
  const run = useRun(id);
  useTitle(`Run ${id}`);
  const workflow = run.data?.workflow;
  return (
    <>
      <PageHead
        above={
          workflow ? (
            <Link to="/workflows/$name" params={{ name: workflow }} search={carry(view)}>
              {workflow}
            </Link>
          ) : (
            'Run'
          )
        }
        title={<span className="mono">{id}</span>}
        badges={run.data && <RunMarks run={run.data} />}
      />
      <Loaded query={run}>{(data) => <RunView run={data} />}</Loaded>
    </>
  );
}

function RunMarks({ run }: { readonly run: Run }) {
  return (
    <>
      {run.simulated && <SimulatedMark />}
      <UnknownPriceMark attempts={run.unknownPriceAttempts} />
      <EstimatedMark attempts={run.estimatedAttempts} />
    </>
  );
}

function RunView({ run }: { readonly run: Run }) {
  return (
    <div className="stack">
      <Facts>
        <Fact
          hero
          label="Cost"
          value={
            <Costs run={run} by="stage">
              {showUnitMoney(run.costUsd)}
            </Costs>
          }
          exact={run.costUsd === null ? undefined : `$${run.costUsd}`}
          detail={
            run.costUsd === null ? `known part: ${showMoney(run.knownCostUsd)}` : plural(run.calls.length, 'call')
          }
        />
        <Fact label="Outcome" value={run.outcome?.outcome ?? 'open'} detail={outcomeDetail(run.outcome)} />
        <Fact
          label="Tokens in"
          value={
            <Costs run={run} by="bucket">
              {showCount(run.inputTokens)}
            </Costs>
          }
        />
        <Fact
          label="Tokens out"
          value={
            <Costs run={run} by="bucket">
              {showCount(run.outputTokens)}
            </Costs>
          }
        />
        <Fact label="Took" value={showDuration(run.durationMs)} detail={showMoment(run.startedAt)} />
      </Facts>
      <TablePanel
        title="Calls"
        label="Calls of this run"
        note="In the order they began"
        fileName={`burnrate-${run.id}.csv`}
        columns={columns}
        rows={run.calls}
        rowKey={({ id }) => id}
        empty="No call of this run is in the ledger."
      />
    </div>
  );
}

/** What a figure of the run is made of. The run may lie outside the range in view; its own time is looked at. */
function Costs({ run, by, children }: { readonly run: Run; readonly by: string; readonly children: string }) {
  const { view } = useView();
  const fromMs = Date.parse(run.startedAt);
  const range = { kind: 'fixed', fromMs, toMs: fromMs + Math.ceil(run.durationMs) + 1 } as const;
  return (
    <Link to="/costs" search={carry(view, { where: { run: [run.id] }, by: [by], range })} className="figure">
      {children}
    </Link>
  );
}

function outcomeDetail(outcome: Run['outcome']): string {
  if (outcome === null) return 'nobody has said how it ended';
  const parts = [
    outcome.valueUsd === null ? null : `value ${showMoney(outcome.valueUsd)}`,
    outcome.humanMinutes === null ? null : `${outcome.humanMinutes} min by people`,
    outcome.csat === null ? null : `CSAT ${outcome.csat}`,
  ];
  return parts.filter((part) => part !== null).join(' · ') || showMoment(outcome.at);
}
