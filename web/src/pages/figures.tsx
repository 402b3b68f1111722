import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Figures } from '../api/schema.ts';
import { showMoney, showUnitMoney, unknownText } from '../format/money.ts';
import { plural, showCount, showRatio } from '../format/number.ts';
import { Behind } from '../parts/behind.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { carry, useView } from '../view/use-view.ts';
import type { Filters } from '../view/view-state.ts';

interface FiguresStripProps {
  /** Filters that hold what the figures are of. */
  readonly where: Filters;
  readonly figures: Figures;
}

/** What a workflow cost, and what each thing it did cost; every figure leads to the rows behind it. */
export function FiguresStrip({ where, figures }: FiguresStripProps) {
  const to = (by: string, children: ReactNode) => (
    <CostsLink by={by} where={where}>
      {children}
    </CostsLink>
  );
  const calls = (children: ReactNode) => <Behind where={where}>{children}</Behind>;
  const runs = (children: ReactNode) => (
    <Behind where={where} list="runs">
      {children}
    </Behind>
  );
  const exact = (decimal: string | null) => (decimal === null ? undefined : `$${decimal}`);
  return (
    <Facts>
      <Fact
        hero
        label="Cost per successful outcome"
        value={
          figures.costPerSuccessUsd === null ? (
            unknownText
          ) : (
            <Behind where={{ ...where, outcome: ['success'] }} list="runs">
              {showUnitMoney(figures.costPerSuccessUsd)}
            </Behind>
          )
        }
        exact={exact(figures.costPerSuccessUsd)}
        detail={
          figures.costPerSuccessUsd === null
            ? 'No successful outcome reported in this range yet.'
            : `All cost ÷ ${plural(figures.outcomes.success, 'success', 'successes')}`
        }
      />
      <Fact
        label="Total cost"
        value={to('stage', showMoney(figures.costUsd))}
        exact={exact(figures.costUsd)}
        detail={<>{calls(plural(figures.attempts, 'attempt'))} metered</>}
      />
      <Fact
        label="Per run"
        value={to('run', showUnitMoney(figures.costPerRunUsd))}
        exact={exact(figures.costPerRunUsd)}
        detail={runs(plural(figures.runs, 'run'))}
      />
      <Fact
        label="Per interaction"
        value={
          figures.costPerInteractionUsd === null
            ? unknownText
            : to('interaction', showUnitMoney(figures.costPerInteractionUsd))
        }
        exact={exact(figures.costPerInteractionUsd)}
        detail={figures.interactions === 0 ? 'none told or inferred' : plural(figures.interactions, 'interaction')}
      />
      <Fact
        label="Per call"
        value={to('model', showUnitMoney(figures.costPerCallUsd))}
        exact={exact(figures.costPerCallUsd)}
        detail={calls(plural(figures.calls, 'call'))}
      />
      <Multiplier where={where} figures={figures} />
    </Facts>
  );
}

/** What multiplies calls: users by interactions, retries by attempts. */
function Multiplier({ where, figures }: FiguresStripProps) {
  return (
    <Fact
      label="Calls ÷ interaction"
      value={
        figures.callsPerInteraction === null ? (
          unknownText
        ) : (
          <CostsLink by="interaction" where={where}>
            {showRatio(figures.callsPerInteraction)}
          </CostsLink>
        )
      }
      detail={
        <>
          <Behind where={where}>{`${showCount(figures.attempts)} ÷ ${showCount(figures.calls)}`}</Behind> ={' '}
          {showRatio(figures.attemptsPerCall)} attempts a call
        </>
      }
    />
  );
}

interface CostsLinkProps {
  readonly by: string;
  readonly where: Filters;
  readonly children: ReactNode;
}

function CostsLink({ by, where, children }: CostsLinkProps) {
  const { view } = useView();
  return (
    <Link to="/costs" search={carry(view, { by: [by], where })}>
      {children}
    </Link>
  );
}
