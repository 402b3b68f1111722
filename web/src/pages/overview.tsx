import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCosts, useWorkflows } from '../api/queries.ts';
import type { Costs, Workflow } from '../api/schema.ts';
import { CostOverTime } from '../charts/cost-over-time.tsx';
import {
  addMoney,
  divideMoney,
  scaleMoney,
  showMoney,
  showUnitMoney,
  subtractMoney,
  unknownText,
} from '../format/money.ts';
import { plural, showCount, showShort } from '../format/number.ts';
import { EstimatedMark, SimulatedMark, UnknownPriceMark } from '../parts/badges.tsx';
import { Behind } from '../parts/behind.tsx';
import { ChangeTable } from '../parts/change-table.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Loaded } from '../parts/states.tsx';
import { WorkflowTable } from '../parts/workflow-table.tsx';
import { bucketOf, describeRange, type RangeChoice } from '../view/range.ts';
import { type Calendar, useCalendar } from '../view/use-calendar.ts';
import { useTitle } from '../view/use-title.ts';
import { carry, useView } from '../view/use-view.ts';
import { dimensionFilters } from '../view/view-state.ts';
import { MonthEnd } from './month-end.tsx';
import { NothingYet } from './nothing-yet.tsx';
import { TightBudgets } from './tight-budgets.tsx';

/** The burn rate looks at this much of the past: short enough to be now, long enough not to flicker. */
const burnWindow: RangeChoice = { kind: 'last', preset: '15m' };
const burnWindowsPerHour = 4;
const topWorkflows = 8;

/** Where money burns now, and what it buys. */
export function OverviewPage() {
  const { view } = useView();
  const total = useCosts({ by: [], where: dimensionFilters(view.where) }, view.range);
  // Asked for beside the total, so that the page does not wait for them after it.
  useWorkflows(view.range, dimensionFilters(view.where));
  useCostOverTime();
  useTitle('Overview');
  return (
    <>
      <PageHead title="Overview" badges={total.data && <OverviewMarks costs={total.data} />} />
      <FilterBar />
      <Loaded query={total}>
        {(costs) =>
          costs.total.attempts === 0 && Object.keys(view.where).length === 0 ? (
            <NothingYet />
          ) : (
            <OverviewBody costs={costs} />
          )
        }
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

function useCostOverTime(): UseQueryResult<Costs> {
  const { view } = useView();
  const by = [bucketOf(view.range), 'workflow'];
  return useCosts({ by, where: dimensionFilters(view.where), orderBy: 'dimensions', limit: 10_000 }, view.range);
}

function OverviewBody({ costs }: { readonly costs: Costs }) {
  const { view, change } = useView();
  const where = dimensionFilters(view.where);
  const workflows = useWorkflows(view.range, where);
  const calendar = useCalendar();
  const bucket = bucketOf(view.range);
  const overTime = useCostOverTime();
  return (
    <div className="stack">
      <OverviewFacts costs={costs} workflows={workflows.data?.workflows ?? []} />
      {calendar !== null && <Days calendar={calendar} />}
      <TightBudgets />
      {calendar !== null && <MonthEnd calendar={calendar} />}
      <Panel title="Cost over time" note={`Per ${bucket}, by workflow`}>
        <Loaded query={overTime} height={240}>
          {(answer) => (
            <CostOverTime costs={answer} bucket={bucket} dimension="workflow" onZoom={(range) => change({ range })} />
          )}
        </Loaded>
      </Panel>
      {calendar !== null && <ChangeTable calendar={calendar} />}
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
  const where = dimensionFilters(view.where);
  const burn = useCosts({ by: [], where }, burnWindow);
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
        value={burnUsd === null ? '…' : <Behind range={burnWindow}>{showMoney(burnUsd)} / h</Behind>}
        exact={burnUsd === null ? undefined : `$${burnUsd}`}
        detail="Last 15 minutes, as an hourly rate"
      />
      <Fact
        hero
        label="Cost per successful outcome"
        value={
          successes === 0 ? (
            unknownText
          ) : (
            <Behind where={{ outcome: ['success'] }} list="runs">
              {showUnitMoney(divideMoney(workflowCost, successes))}
            </Behind>
          )
        }
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
      <Fact
        label="Calls"
        value={<Behind>{showCount(total.calls)}</Behind>}
        detail={plural(total.attempts, 'attempt')}
      />
      <Fact
        label="Runs"
        value={<Behind list="runs">{showCount(total.runs)}</Behind>}
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

/** The calendar's view of the same money, whatever range is chosen. */
function Days({ calendar }: { readonly calendar: Calendar }) {
  const { view } = useView();
  const query = { by: [], where: dimensionFilters(view.where) };
  const today = useCosts(query, calendar.today).data?.totalUsd;
  const yesterday = useCosts(query, calendar.yesterday).data?.totalUsd;
  const month = useCosts(query, calendar.month).data?.totalUsd;
  const more = today === undefined || yesterday === undefined ? null : subtractMoney(today, yesterday);
  const amount = (usd: string | undefined, range: RangeChoice) =>
    usd === undefined ? '…' : <Behind range={range}>{showMoney(usd)}</Behind>;
  return (
    <Facts>
      <Fact
        label="Today so far"
        value={amount(today, calendar.today)}
        exact={today && `$${today}`}
        detail="since midnight"
      />
      <Fact
        label="Yesterday by this time"
        value={amount(yesterday, calendar.yesterday)}
        exact={yesterday && `$${yesterday}`}
        detail={more === null ? '' : yesterday === '0' ? 'nothing to compare with' : differenceText(more)}
      />
      <Fact
        label="Month to date"
        value={amount(month, calendar.month)}
        exact={month && `$${month}`}
        detail="since the 1st"
      />
    </Facts>
  );
}

function differenceText(more: string): string {
  return more.startsWith('-') ? `today is ${showMoney(more.slice(1))} less` : `today is ${showMoney(more)} more`;
}
