import type { BurnrateError, ErrorCode } from '../base/index.ts';
import { largestHolds } from '../books/index.ts';
import type { RefusedCall, RefusingBudget } from '../tree/index.ts';
import { amountText } from './control/refused.ts';
import type { Exchange } from './exchange.ts';
import { limits } from './limits.ts';
import type { GatewayDeps } from './ports.ts';

/** What callers are refused for by what bounds them, not by what they sent. */
const byControls: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'budget_exceeded',
  'quota_exceeded',
  'budget_contended',
  'rate_limited',
  'cooldown',
  'model_not_allowed',
]);

type Holds = Pick<RefusedCall, 'holds' | 'holdsInAll'>;
type RefusedCallsDeps = Pick<GatewayDeps, 'budgets' | 'clock' | 'ids' | 'noteRefused'>;
const noHolds: Holds = { holds: [], holdsInAll: 0 };

/** Tells of refused calls with what spoke against each. */
export class RefusedCalls {
  readonly #deps: RefusedCallsDeps;
  readonly #inFlight: ReadonlySet<Exchange>;
  /** A storm of refusals looks at the holds once in a while, not each time. */
  #looked: { readonly key: string; readonly atMs: number; readonly holds: Holds } | null = null;

  constructor(deps: RefusedCallsDeps, inFlight: ReadonlySet<Exchange>) {
    this.#deps = deps;
    this.#inFlight = inFlight;
  }

  note(exchange: Exchange, error: BurnrateError): void {
    if (!byControls.has(error.code)) return;
    const { call, caller, route, understanding } = exchange;
    const budget = refusingBudget(error);
    this.#deps.noteRefused({
      id: this.#deps.ids.next('refused'),
      callId: call.callId,
      atMs: this.#deps.clock.nowMs(),
      code: error.code,
      message: error.message,
      keyId: caller.keyId,
      attribution: namesOf(exchange),
      run: call.run,
      provider: route.provider.name,
      model: understanding.facts.model,
      budget,
      ...(budget === null ? noHolds : this.#holdsOn(budget)),
    });
  }

  #holdsOn({ name, instance, unit }: RefusingBudget): Holds {
    const key = `${name}\u0000${instance}`;
    const atMs = this.#deps.clock.monotonicMs();
    if (this.#looked?.key === key && atMs - this.#looked.atMs < limits.refusedHoldsEveryMs) return this.#looked.holds;
    const found = largestHolds(
      this.#deps.budgets.account.state.holds,
      { budget: name, instance },
      limits.refusedHoldsKept,
    );
    const holds = found.largest.map(({ holdId, amount }) => {
      const call = [...this.#inFlight].find((exchange) => exchange.call.attemptId === holdId)?.call;
      return {
        ...{ callId: call?.callId ?? '', attemptId: holdId, user: call?.attribution.user ?? null },
        amount: amountText(amount, unit === 'usd' ? 'usd' : 'requests'),
      };
    });
    this.#looked = { key, atMs, holds: { holds, holdsInAll: found.inAll } };
    return this.#looked.holds;
  }
}

/** Tags may be long; the names say who it was. */
function namesOf({ call: { attribution } }: Exchange): RefusedCall['attribution'] {
  const named = Object.entries(attribution).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(named) as RefusedCall['attribution'];
}

function refusingBudget({ facts }: BurnrateError): RefusingBudget | null {
  const { budget, instance, unit, limit, remaining, held, resetsAt } = facts;
  if (typeof budget !== 'string') return null;
  return {
    ...{ name: budget, instance: String(instance), unit: String(unit), limit: String(limit) },
    ...{ remaining: String(remaining), held: String(held) },
    resetsAt: typeof resetsAt === 'string' ? resetsAt : null,
  };
}
