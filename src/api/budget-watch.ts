import { budgetJson } from './budget-json.ts';
import { readStandings } from './budget-standing.ts';
import { type ApiPorts, apiLimits } from './ports.ts';

/** Tells how budgets stand, for all who watch with one question a second at most. */
export interface BudgetWatch {
  /** The text of the newest `budgets` event; null while there is no budget or the books cannot be asked. */
  newest(): Promise<string | null>;
}

/** Budgets told of in one event, the fullest first. */
const budgetsShownMax = 100;

export function budgetWatch(ports: Pick<ApiPorts, 'books' | 'clock' | 'heldMoney' | 'log'>): BudgetWatch {
  let kept: Promise<string | null> = Promise.resolve(null);
  let askedAtMs = Number.NEGATIVE_INFINITY;
  return {
    newest() {
      if (ports.clock.monotonicMs() - askedAtMs >= apiLimits.livePollMs) {
        askedAtMs = ports.clock.monotonicMs();
        kept = read(ports);
      }
      return kept;
    },
  };
}

async function read(ports: Parameters<typeof budgetWatch>[0]): Promise<string | null> {
  try {
    const { budgets, partial } = await readStandings(ports);
    if (budgets.length === 0) return null;
    const shown = budgets.map(budgetJson).sort((a, b) => (b.fullest?.usedShare ?? 0) - (a.fullest?.usedShare ?? 0));
    return JSON.stringify({ budgets: shown.slice(0, budgetsShownMax), partial });
  } catch (error) {
    // The view grows stale for a moment; it does not end.
    ports.log('live_budgets_failed', { error: error instanceof Error ? error.message : String(error) });
    return null;
  }
}
