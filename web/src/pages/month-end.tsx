import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { countedOf, isOfThisMonth, useBudgets } from '../api/budgets.ts';
import { ApiError } from '../api/client.ts';
import { useForecastModel, useLatestForecast } from '../api/forecasts.ts';
import { useCosts } from '../api/queries.ts';
import type { Budget, Costs, KeptForecast, MoneyInterval } from '../api/schema.ts';
import { type FuturePoint, MonthFan, type SpentPoint } from '../charts/month-fan.tsx';
import { axisMoney, chartDollars, showEstimate, showMoney } from '../format/money.ts';
import { parseBucket } from '../format/time.ts';
import { SimulatedMark } from '../parts/badges.tsx';
import { Behind } from '../parts/behind.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Panel } from '../parts/panel.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
import { bucketRange } from '../view/behind.ts';
import type { Calendar } from '../view/calendar.ts';
import { chanceAbove, expectedBetween, outlookWords, spentAndExpected } from '../view/month-end.ts';
import { monthOf } from '../view/overview-questions.ts';
import { carry, useView } from '../view/use-view.ts';

/** Where this month ends: spent so far, and from now on what the forecast in force expects. All of the product, whatever is filtered. */
export function MonthEnd({ calendar }: { readonly calendar: Calendar }) {
  const { view } = useView();
  const costs = useCosts(monthOf({}), calendar.month);
  const forecast = useLatestForecast();
  return (
    <Panel
      title="This month"
      note="What providers bill, of everything: spent so far, then the forecast in force; the band holds four futures of five"
      actions={
        <>
          {costs.data?.simulated && <SimulatedMark />}
          <Link to="/forecast" search={carry(view)}>
            Forecast
          </Link>
        </>
      }
    >
      <Loaded query={forecast} height={280}>
        {(kept) => (
          <Loaded query={costs} height={280}>
            {(spent) =>
              kept === null ? (
                <NoForecast />
              ) : (
                <MonthOf kept={kept} costs={spent} calendar={calendar} timeZone={calendar.timeZone} />
              )
            }
          </Loaded>
        )}
      </Loaded>
    </Panel>
  );
}

/** Says why there is none, and leads to where one is made. */
function NoForecast() {
  const model = useForecastModel();
  const { error } = model;
  if (error instanceof ApiError && error.code === 'forecast_impossible') return <Missing>{error.message}.</Missing>;
  if (model.data?.scenarios.length === 0) return <Missing>burnrate.yaml describes no workflows yet.</Missing>;
  return <Missing>No forecast was made yet.</Missing>;
}

function Missing({ children }: { readonly children: ReactNode }) {
  const { view } = useView();
  return (
    <NothingHere>
      Where this month ends is not known: {children}{' '}
      <Link to="/forecast" search={carry(view)}>
        To the forecast
      </Link>
    </NothingHere>
  );
}

interface MonthProps {
  readonly kept: KeptForecast;
  readonly costs: Costs;
  readonly calendar: Calendar;
  readonly timeZone: string;
}

function MonthOf({ kept, costs, calendar, timeZone }: MonthProps) {
  const { view } = useView();
  const budgets = useBudgets().data?.budgets;
  const [fromMs, nowMs] = calendar.month.kind === 'fixed' ? [calendar.month.fromMs, calendar.month.toMs] : [0, 0];
  const toMs = calendar.monthEndMs;
  const spent = useMemo(() => spentPoints(costs, fromMs, nowMs, timeZone), [costs, fromMs, nowMs, timeZone]);
  const rest = useMemo(() => expectedBetween(kept, nowMs, toMs), [kept, nowMs, toMs]);
  const end = useMemo(() => rest && spentAndExpected(costs.totalUsd, rest), [rest, costs.totalUsd]);
  const future = useMemo(() => (end ? futurePoints(costs.totalUsd, end, nowMs, toMs) : []), [costs, end, nowMs, toMs]);
  const limits = useMemo(() => (rest ? limitsOf(budgets ?? [], rest) : []), [budgets, rest]);
  const drawn = useMemo(
    () => limits.filter(({ usd }) => end && usd <= limitDrawnMax * chartDollars(end.p90)),
    [limits, end],
  );
  if (end === null) return <Missing>the latest forecast does not speak of this month.</Missing>;
  return (
    <div className="stack">
      <Link to="/forecast" search={carry(view)}>
        <MonthFan
          label={inWords(costs.totalUsd, end, limits)}
          {...{ spent, future, fromMs, toMs }}
          limits={drawn}
          format={axisMoney}
        />
      </Link>
      <Facts>
        <Fact
          label="Spent this month"
          value={<Behind range={calendar.month}>{showMoney(costs.totalUsd)}</Behind>}
          exact={`$${costs.totalUsd}`}
          detail="since the 1st"
        />
        <Fact label="Expected at its end" value={showEstimate(end.p50)} detail={intervalText(end)} />
        {limits.map((limit) => (
          <Fact
            key={limit.name}
            label={`Budget ${limit.name}`}
            value={showEstimate(limit.limit)}
            detail={limitText(limit)}
          />
        ))}
      </Facts>
    </div>
  );
}

/** A limit further away than this would press everything else flat; it is told in figures alone. */
const limitDrawnMax = 3;
const limitsMax = 4;

interface MonthLimit {
  readonly name: string;
  readonly limit: string;
  readonly usd: number;
  /** That it is passed before the month ends, 0 to 1. */
  readonly chance: number;
}

/**
 * Budgets of the calendar's month that count all spend; others are not comparable with it. What each has counted itself, and
 * the forecast of the rest: a budget made within the month knows nothing of what was spent before.
 */
function limitsOf(budgets: readonly Budget[], rest: MoneyInterval): readonly MonthLimit[] {
  return budgets
    .filter((budget) => isOfThisMonth(budget) && Object.keys(budget.scope).length === 0)
    .map((budget) => {
      const { name, limit } = budget;
      const chance = chanceAbove(limit, spentAndExpected(countedOf(budget), rest));
      return { name, limit, usd: chartDollars(limit), chance };
    })
    .toSorted((a, b) => a.usd - b.usd)
    .slice(0, limitsMax);
}

const intervalText = ({ p10, p90 }: MoneyInterval) => `four of five from ${showEstimate(p10)} to ${showEstimate(p90)}`;

const limitText = ({ chance }: MonthLimit): string => `${outlookWords(chance)} this month`;

function inWords(spentUsd: string, end: MoneyInterval, limits: readonly MonthLimit[]): string {
  const money = `Spent this month: ${showMoney(spentUsd)}. Expected at its end: ${showEstimate(end.p50)}, ${intervalText(end)}.`;
  return [
    money,
    ...limits.map((limit) => `Budget ${limit.name}, ${showEstimate(limit.limit)}: ${limitText(limit)}.`),
  ].join(' ');
}

/** Spend added up: nothing when the month began, then at the end of each day with calls, and now. */
function spentPoints(costs: Costs, fromMs: number, nowMs: number, timeZone: string): readonly SpentPoint[] {
  let spent = 0;
  const days = costs.rows.map((row): SpentPoint => {
    const range = bucketRange('day', String(row.day), timeZone);
    spent += chartDollars(row.costUsd);
    const endMs = range?.kind === 'fixed' ? range.toMs : parseBucket(String(row.day));
    return { atMs: Math.min(endMs, nowMs), spent };
  });
  return [{ atMs: fromMs, spent: 0 }, ...days.filter(({ atMs }) => atMs < nowMs), { atMs: nowMs, spent }];
}

const dayMs = 86_400_000;

/** From what is spent now straight to each end, a point a day. */
function futurePoints(spentUsd: string, end: MoneyInterval, nowMs: number, toMs: number): readonly FuturePoint[] {
  const spent = chartDollars(spentUsd);
  const steps = Math.max(1, Math.ceil((toMs - nowMs) / dayMs));
  return Array.from({ length: steps + 1 }, (_, index): FuturePoint => {
    const share = index / steps;
    const at = (usd: string) => spent + (chartDollars(usd) - spent) * share;
    return { atMs: nowMs + (toMs - nowMs) * share, low: at(end.p10), middle: at(end.p50), high: at(end.p90) };
  });
}
