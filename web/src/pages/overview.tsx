import { Link } from '@tanstack/react-router';
import { useCosts, useWorkflows } from '../api/queries.ts';
import type { Costs, Workflow } from '../api/schema.ts';
import { CostOverTime } from '../charts/cost-over-time.tsx';
import { addMoney, divideMoney, scaleMoney, showMoney, showUnitMoney } from '../format/money.ts';
import { plural, showCount, showShort } from '../format/number.ts';
import { EstimatedMark, SimulatedMark, UnknownPriceMark } from '../parts/badges.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Loaded } from '../parts/states.tsx';
import { WorkflowTable } from '../parts/workflow-table.tsx';
import { bucketOf, describeRange, type RangeChoice } from '../view/range.ts';
import { useTitle } from '../view/use-title.ts';
import { carry, useView } from '../view/use-view.ts';
import { NothingYet } from './nothing-yet.tsx';

/** The burn rate looks at this much of the past: short enough to be now, long enough not to flicker. */
const burnWindow: RangeChoice = { kind: 'last', preset: '15m' };
const burnWindowsPerHour = 4;
const topWorkflows = 8;

/** Where money burns now, and what it buys. */
export function OverviewPage() {
  const { view } = useView();
  const total = useCosts({ by: [], where: {} }, view.range);
  useTitle('Overview');
  return (
    <>
      <PageHead title="Overview" badges={total.data && <OverviewMarks costs={total.data} />} />
      <Loaded query={total}>
        {(costs) => (costs.total.attempts === 0 ? <NothingYet /> : <OverviewBody costs={costs} />)}
      </Loaded>
    </>
  );
}

function OverviewMarks({ costs }: { readonly costs: Costs }) {
  return (
    <>
      {costs.simulated && <SimulatedMark />}
      <UnknownPriceMark attempts={costs.total.unknownPriceAttempts} />
      <EstimatedMark attempts={costs.total.estimatedAttempts} />
    </>
  );
}

function OverviewBody({ costs }: { readonly costs: Costs }) {
  const { view, change } = useView();
  const workflows = useWorkflows(view.range);
  const bucket = bucketOf(view.range);
  const overTime = useCosts({ by: [bucket, 'workflow'], where: {}, orderBy: 'dimensions', limit: 10_000 }, view.range);
  return (
    <div className="stack">
      <OverviewFacts costs={costs} workflows={workflows.data?.workflows ?? []} />
      <Panel title="Cost over time" note={`Per ${bucket}, by workflow`}>
        <Loaded query={overTime} height={240}>
          {(answer) => (
            <CostOverTime costs={answer} bucket={bucket} dimension="workflow" onZoom={(range) => change({ range })} />
          )}
        </Loaded>
      </Panel>
      <Panel
        title="Workflows"
        note="By total cost"
        flush
        actions={
          <Link to="/workflows" search={carry(view)}>
            All workflows
          </Link>
        }
      >
        <Loaded query={workflows} height={220}>
          {(data) => <WorkflowTable workflows={data.workflows} limit={topWorkflows} />}
        </Loaded>
      </Panel>
    </div>
  );
}

interface OverviewFactsProps {
  readonly costs: Costs;
  readonly workflows: readonly Workflow[];
}

function OverviewFacts({ costs, workflows }: OverviewFactsProps) {
  const { view } = useView();
  const burn = useCosts({ by: [], where: {} }, burnWindow);
  const burnUsd = burn.data ? scaleMoney(burn.data.totalUsd, burnWindowsPerHour) : null;
  const successes = workflows.reduce((sum, { figures }) => sum + figures.outcomes.success, 0);
  const workflowCost = workflows.reduce((sum, { figures }) => addMoney(sum, figures.costUsd), '0');
  const { total } = costs;
  const behind = (by: string, text: string) => (
    <Link to="/costs" search={carry(view, { by: [by] })}>
      {text}
    </Link>
  );
  return (
    <Facts>
      <Fact
        hero
        label="Burn rate now"
        value={burnUsd === null ? '…' : `${showMoney(burnUsd)} / h`}
        exact={burnUsd === null ? undefined : `$${burnUsd}`}
        detail="Last 15 minutes, as an hourly rate"
      />
      <Fact
        hero
        label="Cost per successful outcome"
        value={showUnitMoney(divideMoney(workflowCost, successes))}
        detail={
          successes === 0
            ? 'No successful outcome reported yet'
            : `${plural(successes, 'success', 'successes')}, all workflows`
        }
      />
      <Fact
        label="Total cost"
        value={behind('workflow', showMoney(costs.totalUsd))}
        exact={`$${costs.totalUsd}`}
        detail={describeRange(view.range)}
      />
      <Fact label="Calls" value={behind('model', showCount(total.calls))} detail={plural(total.attempts, 'attempt')} />
      <Fact
        label="Runs"
        value={behind('run', showCount(total.runs))}
        detail={plural(total.interactions, 'interaction')}
      />
      <Fact
        label="Tokens"
        value={behind('bucket', showShort(total.inputTokens + total.outputTokens))}
        detail={`${showShort(total.inputTokens)} in, ${showShort(total.outputTokens)} out`}
      />
    </Facts>
  );
}
