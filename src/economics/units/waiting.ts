import type { Config, Impatience } from '../../config/index.ts';
import { meanOfQuantity } from '../../forecast/index.ts';
import { addUsd, subtractUsd, type Usd, zeroUsd } from '../../money/index.ts';
import { meanUsd, timesUsd } from '../stack/mean-usd.ts';
import { perOne } from './ratio.ts';
import type { UnitFacts } from './unit-facts.ts';

/** What waiting cost in the range. */
export interface WaitingCost {
  readonly workflow: string;
  /** Seconds after which patience ends. */
  readonly afterSeconds: number;
  /** Share of runs that took longer. */
  readonly waitedShare: number;
  readonly abandoned: number;
  readonly repeated: number;
  readonly tickets: number;
  readonly cost: Usd;
  /** What the same runs would have cost less, each a second shorter. */
  readonly oneSecondSaved: Usd;
}

const secondMs = 1_000;

/**
 * Runs slower than users' patience × what users then do × what each of that costs. A repeat costs one more run.
 * @returns null when burnrate.yaml says nothing of impatience, or no run was measured
 */
export function waitingCost(facts: UnitFacts, durationsMs: readonly number[], config: Config): WaitingCost | null {
  const impatience = config.workflows[facts.workflow ?? '']?.impatience;
  const afterSeconds = impatience ? meanOfQuantity(impatience.afterSeconds) : null;
  if (!impatience || afterSeconds === null || durationsMs.length === 0) return null;
  const slower = (savedMs: number) =>
    durationsMs.filter((duration) => duration - savedMs > afterSeconds * secondMs).length / durationsMs.length;
  const waitedShare = slower(0);
  const waited = waitedShare * facts.runs;
  const cost = costOfWaits(waited, impatience, facts);
  const faster = costOfWaits(slower(secondMs) * facts.runs, impatience, facts);
  return {
    workflow: facts.workflow ?? '',
    ...{ afterSeconds, waitedShare },
    abandoned: waited * share(impatience.abandonProbability),
    repeated: waited * share(impatience.retryProbability),
    tickets: waited * share(impatience.ticketProbability),
    cost,
    oneSecondSaved: subtractUsd(cost, faster),
  };
}

const share = (quantity: Impatience['abandonProbability']) => meanOfQuantity(quantity) ?? 0;
const amount = (quantity: Impatience['costOfTicketUsd']) => (quantity ? (meanUsd(quantity) ?? zeroUsd) : zeroUsd);

function costOfWaits(waited: number, impatience: Impatience, facts: UnitFacts): Usd {
  const { costOfAbandonUsd, costOfTicketUsd, abandonProbability, retryProbability, ticketProbability } = impatience;
  const lost = timesUsd(amount(costOfAbandonUsd), waited * share(abandonProbability));
  const tickets = timesUsd(amount(costOfTicketUsd), waited * share(ticketProbability));
  const repeats = timesUsd(perOne(facts.cost, facts.runs) ?? zeroUsd, waited * share(retryProbability));
  return addUsd(lost, addUsd(tickets, repeats));
}
