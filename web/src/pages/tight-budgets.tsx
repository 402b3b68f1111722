import { Link } from '@tanstack/react-router';
import { useBudgets } from '../api/budgets.ts';
import type { Budget } from '../api/schema.ts';
import { nowMs } from '../clock.ts';
import { showAmount } from '../format/amount.ts';
import { showShare } from '../format/number.ts';
import { showDayTime } from '../format/time.ts';
import { Fact, Facts } from '../parts/facts.tsx';
import { paceOf } from '../view/pace.ts';
import { carry, useView } from '../view/use-view.ts';

const shownMax = 4;

/** The budgets with least left, and when they are used up at this pace. Nothing where no budget counts yet. */
export function TightBudgets() {
  const budgets = useBudgets();
  const { view } = useView();
  const tight = (budgets.data?.budgets ?? [])
    .filter(({ fullest }) => fullest !== null)
    .toSorted((a, b) => (b.fullest?.usedShare ?? 0) - (a.fullest?.usedShare ?? 0))
    .slice(0, shownMax);
  if (tight.length === 0) return null;
  return (
    <Facts>
      {tight.map((budget) => (
        <Fact
          key={budget.name}
          label={`Budget ${budget.name}`}
          value={
            <Link to="/controls" search={carry(view)}>
              {showShare(budget.fullest?.usedShare ?? 0)} used
            </Link>
          }
          detail={outlookText(budget)}
        />
      ))}
    </Facts>
  );
}

function outlookText(budget: Budget): string {
  const pace = paceOf(budget, nowMs());
  if (pace === null) return `of ${showAmount(budget.unit, budget.limit)} a ${budget.period}`;
  if (pace.usedUpAtMs === null) return `lasts this ${budget.period} at this pace`;
  return pace.usedUpAtMs <= nowMs() ? 'used up' : `used up ${showDayTime(pace.usedUpAtMs)} at this pace`;
}
