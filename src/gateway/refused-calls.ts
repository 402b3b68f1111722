import type { BurnrateError, Clock, ErrorCode } from '../base/index.ts';
import { largestHolds } from '../books/index.ts';
import type { RefusedCall, RefusingBudget } from '../tree/index.ts';
import { amountText } from './control/refused.ts';
import type { Exchange } from './exchange.ts';
import { limits } from './limits.ts';
import type { MoneyAccount } from './ports.ts';

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
const noHolds: Holds = { holds: [], holdsInAll: 0 };

/** The latest refusals of this gateway with what spoke against each; the oldest are forgotten. */
export class RefusedCalls {
  readonly #account: MoneyAccount;
  readonly #clock: Clock;
  readonly #inFlight: ReadonlySet<Exchange>;
  readonly #kept: RefusedCall[] = [];
  /** A storm of refusals looks at the holds once in a while, not each time. */
  #looked: { readonly key: string; readonly atMs: number; readonly holds: Holds } | null = null;

  constructor(account: MoneyAccount, clock: Clock, inFlight: ReadonlySet<Exchange>) {
    this.#account = account;
    this.#clock = clock;
    this.#inFlight = inFlight;
  }

  /** The newest last. */
  get latest(): readonly RefusedCall[] {
    return this.#kept;
  }

  note(exchange: Exchange, error: BurnrateError): void {
    if (!byControls.has(error.code)) return;
    const { call, caller, route, understanding } = exchange;
    const budget = refusingBudget(error);
    this.#kept.push({
      callId: call.callId,
      atMs: this.#clock.nowMs(),
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
    if (this.#kept.length > limits.refusedCallsKept) this.#kept.shift();
  }

  #holdsOn({ name, instance, unit }: RefusingBudget): Holds {
    const key = `${name}\u0000${instance}`;
    const atMs = this.#clock.monotonicMs();
    if (this.#looked?.key === key && atMs - this.#looked.atMs < limits.refusedHoldsEveryMs) return this.#looked.holds;
    const found = largestHolds(this.#account.state.holds, { budget: name, instance }, limits.refusedHoldsKept);
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
