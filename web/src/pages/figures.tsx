import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Figures } from '../api/schema.ts';
import { showMoney, showUnitMoney, unknownText } from '../format/money.ts';
import { plural, showCount, showRatio } from '../format/number.ts';
import { Fact, Facts } from '../parts/facts.tsx';
import { carry, useView } from '../view/use-view.ts';

interface FiguresStripProps {
  readonly workflow: string;
  readonly figures: Figures;
}

/** What a workflow cost, and what each thing it did cost; every figure leads to the rows behind it. */
export function FiguresStrip({ workflow, figures }: FiguresStripProps) {
  const to = (by: string, children: ReactNode) => (
    <CostsLink by={by} workflow={workflow}>
      {children}
    </CostsLink>
  );
  const exact = (decimal: string | null) => (decimal === null ? undefined : `$${decimal}`);
  return (
    <Facts>
      <Fact
        hero
        label="Cost per successful outcome"
        value={showUnitMoney(figures.costPerSuccessUsd)}
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
        detail={`${plural(figures.attempts, 'attempt')} metered`}
      />
      <Fact
        label="Per run"
        value={to('run', showUnitMoney(figures.costPerRunUsd))}
        exact={exact(figures.costPerRunUsd)}
        detail={plural(figures.runs, 'run')}
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
        detail={plural(figures.calls, 'call')}
      />
      <Fact
        label="Calls ÷ interaction"
        value={showRatio(figures.callsPerInteraction)}
        detail={`${showCount(figures.attempts)} ÷ ${showCount(figures.calls)} = ${showRatio(figures.attemptsPerCall)} attempts a call`}
      />
    </Facts>
  );
}

interface CostsLinkProps {
  readonly by: string;
  readonly workflow: string;
  readonly children: ReactNode;
}

function CostsLink({ by, workflow, children }: CostsLinkProps) {
  const { view } = useView();
  return (
    <Link to="/costs" search={carry(view, { by: [by], where: { workflow: [workflow] } })}>
      {children}
    </Link>
  );
}
