import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useBudgets } from '../api/budgets.ts';
import { useLatestForecast } from '../api/forecasts.ts';
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
import type { Calendar } from '../view/calendar.ts';
import { burnOf, burnWindow, dayOf, monthOf, overTimeOf } from '../view/overview-questions.ts';
import { bucketOf, describeRange, type RangeChoice } from '../view/range.ts';
import { useCalendar } from '../view/use-calendar.ts';
import { useTitle } from '../view/use-title.ts';
import { carry, useView } from '../view/use-view.ts';
import { dimensionFilters } from '../view/view-state.ts';
import { MonthEnd } from './month-end.tsx';
import { NothingYet } from './nothing-yet.tsx';
import { TightBudgets } from './tight-budgets.tsx';

const burnWindowsPerHour = 4;
const topWorkflows = 8;

/** Where money burns now, and what it buys. */
export function OverviewPage() {
  const { view } = useView();
  const overTime = useCosts(overTimeOf(view), view.range);
  const calendar = useAskedMeanwhile();
  useTitle('Overview');
  return (
    <>
      <PageHead title="Overview" badges={overTime.data && <OverviewMarks costs={overTime.data} />} />
      <FilterBar />
      {overTime.data?.total.attempts === 0 && Object.keys(view.where).length === 0 ? (
        <NothingYet />
      ) : (
        <OverviewBody overTime={overTime} calendar={calendar} />
      )}
    </>
  );
}

/** Asks for what the parts of the page will show, so that none of them waits for the first answer. */
function useAskedMeanwhile(): Calendar | null {
  const { view } = useView();
  const calendar = useCalendar();
  useWorkflows(view.range, dimensionFilters(view.where));
  useCosts(burnOf(view.where), burnWindow);
  useBudgets();
  useLatestForecast();
  return calendar;
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

interface OverviewBodyProps {
  readonly overTime: UseQueryResult<Costs>;
  /** Null until it is known where the instance is. */
  readonly calendar: Calendar | null;
}

/** What cannot be read says so in its place; the rest is there. */
function OverviewBody({ overTime, calendar }: OverviewBodyProps) {
  const { view, change } = useView();
  const workflows = useWorkflows(view.range, dimensionFilters(view.where));
  const bucket = bucketOf(view.range);
  return (
    <div className="stack">
      <Loaded query={overTime} height={112}>
        {(costs) => <OverviewFacts costs={costs} workflows={workflows.data?.workflows ?? null} />}
      </Loaded>
      {calendar !== null && <Days calendar={calendar} />}
      <TightBudgets />
      {calendar !== null && <MonthEnd calendar={calendar} />}
      <Panel title="Cost over time" note={`Per ${bucket}, by workflow`}>
        <Loaded query={overTime} height={240}>
          {(costs) => (
            <CostOverTime costs={costs} bucket={bucket} dimension="workflow" onZoom={(range) => change({ range })} />
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
  /** Null until they are read. */
  readonly workflows: readonly Workflow[] | null;
}

function OverviewFacts({ costs, workflows }: OverviewFactsProps) {
  const { view } = useView();
  const burn = useCosts(burnOf(view.where), burnWindow);
  const burnUsd = burn.data ? scaleMoney(burn.data.totalUsd, burnWindowsPerHour) : null;
  const all = workflows ?? [];
  const successes = all.reduce((sum, { figures }) => sum + figures.outcomes.success, 0);
  const workflowCost = all.reduce((sum, { figures }) => addMoney(sum, figures.costUsd), '0');
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
          workflows === null ? (
            '…'
          ) : successes === 0 ? (
            unknownText
          ) : (
            <Behind where={{ outcome: ['success'] }} list="runs">
              {showUnitMoney(divideMoney(workflowCost, successes))}
            </Behind>
          )
        }
        detail={
          successes === 0
            ? workflows && 'No successful outcome reported yet'
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
  const today = useCosts(dayOf(view.where), calendar.today).data?.totalUsd;
  const yesterday = useCosts(dayOf(view.where), calendar.yesterday).data?.totalUsd;
  const month = useCosts(monthOf(view.where), calendar.month).data?.totalUsd;
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
