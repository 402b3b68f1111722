import { BurnrateError, type Clock } from '../../base/index.ts';
import type { Amounts, HoldEntry } from '../../tree/index.ts';
import type { BudgetBooks } from '../budgets.ts';
import type { ExchangeAnswer, ExchangeRequest, Refusal } from '../lease.ts';
import type { HoldRequest, Sizing } from './hold.ts';
import { LeaseAccount } from './lease-account.ts';
import { forgetDemand, type PotRef, potKey } from './pot.ts';

/** Bounds of the talk with the books and of the calls that wait for it. */
export interface BudgetAccountLimits {
  readonly waitersMax: number;
  /** How often the books are told what changed, and asked again for what was refused. */
  readonly tickMs: number;
  /** An exchange without an answer for this long has failed. */
  readonly exchangeMsMax: number;
}

export const budgetAccountLimits: BudgetAccountLimits = { waitersMax: 10_000, tickMs: 250, exchangeMsMax: 5_000 };

/** A call that wants money held. */
export interface HoldAsk<S extends Sizing> {
  readonly holdId: string;
  readonly pots: readonly PotRef[];
  /** What to hold when this much money is there for the call, picodollars; null when no hard money budget counts it. */
  readonly size: (headroom: bigint | null) => S;
  readonly admitted: boolean;
  /** How long the call may wait for money others hold, ms. */
  readonly waitMsMax: number;
}

export type HoldOutcome<S extends Sizing> =
  | { readonly ok: true; readonly entry: HoldEntry; readonly sizing: S }
  | { readonly ok: false; readonly reason: 'exceeded' | 'contended'; readonly refusal: RefusedBudget }
  /** The caller's signal ended the wait. */
  | { readonly ok: false; readonly reason: 'aborted' };

/** What the error tells: which budget, what is left, when it starts anew. */
export type RefusedBudget = Pick<Refusal, 'budget' | 'instance' | 'unit' | 'limit' | 'spent' | 'leased' | 'resetsInMs'>;

interface Waiter {
  readonly pots: readonly PotRef[];
  request(): HoldRequest;
  /** Tries again. @returns true when the call no longer waits */
  retry(): boolean;
  refuse(refusal: Refusal): void;
  fail(cause: BurnrateError): void;
  lastRefusal: Refusal | null;
  /** True when its last ask was for no more than the least that will do: refused that, it is refused. */
  askedLeast: boolean;
}

export interface BudgetAccountOptions {
  readonly books: Pick<BudgetBooks, 'exchange'>;
  readonly holder: string;
  readonly nextLeaseId: () => string;
  readonly clock: Clock;
  readonly limits?: BudgetAccountLimits;
}

/**
 * A lease account that talks to the books by itself: calls that find money here are held at once, others wait in line
 * while the books are asked. Posting and voiding never wait.
 */
export class BudgetAccount {
  readonly #account: LeaseAccount;
  readonly #options: BudgetAccountOptions;
  readonly #limits: BudgetAccountLimits;
  readonly #waiters = new Set<Waiter>();
  readonly #timer: NodeJS.Timeout;
  #talking: Promise<void> | null = null;
  #closed = false;

  constructor(options: BudgetAccountOptions) {
    const { holder, nextLeaseId, clock } = options;
    this.#account = new LeaseAccount({ holder, nextLeaseId, clock });
    this.#options = options;
    this.#limits = options.limits ?? budgetAccountLimits;
    this.#timer = setInterval(() => void this.#talk(), this.#limits.tickMs);
    this.#timer.unref();
  }

  /** The state machine, for reading. */
  get state(): Pick<
    LeaseAccount,
    'pots' | 'holds' | 'openHolds' | 'openHoldsOf' | 'booksLost' | 'heldFor' | 'headroom' | 'standing' | 'checkpoint'
  > {
    return this.#account;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** Holds at once if the money is here and nobody waits for it before; null says: ask `hold`. No I/O. */
  tryHold<S extends Sizing>(
    ask: Omit<HoldAsk<S>, 'waitMsMax'>,
    withRoom = true,
  ): (HoldOutcome<S> & { ok: true }) | null {
    if (this.#someoneWaitsFor(ask.pots)) return null;
    return this.#attempt(ask, withRoom);
  }

  #attempt<S extends Sizing>(
    ask: Omit<HoldAsk<S>, 'waitMsMax'>,
    withRoom: boolean,
  ): (HoldOutcome<S> & { ok: true }) | null {
    const sizing = ask.size(this.#account.headroom(ask.pots, 'usd', withRoom));
    const result = this.#account.tryHold(requestOf(ask, sizing));
    return result.ok ? { ok: true, entry: result.entry, sizing } : null;
  }

  #someoneWaitsFor(pots: readonly PotRef[]): boolean {
    if (this.#waiters.size === 0) return false;
    const keys = new Set(pots.map(potKey));
    for (const waiter of this.#waiters) if (waiter.pots.some((pot) => keys.has(potKey(pot)))) return true;
    return false;
  }

  /**
   * Holds, waiting as long as the ask allows while others hold the money.
   * @throws BurnrateError overloaded when too many wait; books_unavailable when the books cannot be asked in that time
   */
  async hold<S extends Sizing>(ask: HoldAsk<S>, signal?: AbortSignal): Promise<HoldOutcome<S>> {
    const held = this.tryHold(ask);
    if (held) return held;
    if (this.#waiters.size >= this.#limits.waitersMax || this.#account.full) {
      throw new BurnrateError('overloaded', { message: 'too many calls wait for money', retryAfterMs: 1_000 });
    }
    return this.#wait(ask, signal);
  }

  #wait<S extends Sizing>(ask: HoldAsk<S>, signal: AbortSignal | undefined): Promise<HoldOutcome<S>> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#waiters.delete(waiter);
      };
      const settle = (outcome: HoldOutcome<S>) => {
        leave();
        resolve(outcome);
      };
      const waiter: Waiter = {
        pots: ask.pots,
        lastRefusal: null,
        askedLeast: false,
        // At first what the budget has room for, as a call that finds its lease here gets it; then the least that will do.
        request: () => {
          waiter.askedLeast = waiter.lastRefusal !== null;
          const headroom = waiter.askedLeast ? 0n : this.#account.headroom(ask.pots, 'usd', true);
          return requestOf(ask, ask.size(headroom));
        },
        retry: () => {
          const held = this.#attempt(ask, true) ?? this.#attempt(ask, false);
          if (held) settle(held);
          return held !== null;
        },
        refuse: (refusal) => settle({ ok: false, reason: 'exceeded', refusal }),
        fail: (cause) => {
          leave();
          reject(cause);
        },
      };
      const abort = () => settle({ ok: false, reason: 'aborted' });
      const timer = setTimeout(() => this.#timeOut(waiter, settle), ask.waitMsMax);
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiters.add(waiter);
      void this.#talk();
    });
  }

  #timeOut<S extends Sizing>(waiter: Waiter, settle: (outcome: HoldOutcome<S>) => void): void {
    // One whose turn to ask never came waits behind others that were refused.
    const behind = this.#account.booksLost ? null : this.#account.refusalOf(waiter.pots);
    const lastRefusal = waiter.lastRefusal ?? behind;
    if (lastRefusal) settle({ ok: false, reason: 'contended', refusal: lastRefusal });
    else waiter.fail(unreachable());
  }

  /** Adds to a hold, asking the books if need be. @returns null when the money is not to be had in time: end the answer early */
  async extend(holdId: string, more: Amounts, pots: readonly PotRef[], waitMsMax: number): Promise<HoldEntry | null> {
    const entry = this.tryExtend(holdId, more);
    if (entry || waitMsMax <= 0) return entry;
    return new Promise((resolve) => {
      const settle = (result: HoldEntry | null) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve(result);
      };
      const waiter: Waiter = {
        pots,
        lastRefusal: null,
        askedLeast: true,
        request: () => ({ holdId, pots, need: more, expected: more, admitted: true }),
        retry: () => {
          const extended = this.tryExtend(holdId, more);
          const over = extended !== null || !this.#account.isOpen(holdId);
          if (over) settle(extended);
          return over;
        },
        refuse: () => settle(null),
        fail: () => settle(null),
      };
      const timer = setTimeout(() => settle(null), waitMsMax);
      this.#waiters.add(waiter);
      void this.#talk();
    });
  }

  /** Adds to a hold from what is here; null when it is not, or the hold was resolved meanwhile. No I/O. */
  tryExtend(holdId: string, more: Amounts): HoldEntry | null {
    if (!this.#account.isOpen(holdId)) return null;
    const result = this.#account.extend(holdId, more);
    return result.ok ? result.entry : null;
  }

  /** Resolves a hold with what was spent, all of it. @returns the journal entry; null when it was resolved before */
  post(holdId: string, actual: Amounts, estimated: boolean): HoldEntry | null {
    const entry = this.#account.post(holdId, actual, estimated);
    this.#serveWaiters();
    return entry;
  }

  /** Resolves a hold of which nothing was billed. */
  void(holdId: string): HoldEntry | null {
    const entry = this.#account.void(holdId);
    this.#serveWaiters();
    return entry;
  }

  /** Resolves a hold whose bill nobody knows: all of it counts as spent. */
  expire(holdId: string): HoldEntry | null {
    const entry = this.#account.expire(holdId);
    this.#serveWaiters();
    return entry;
  }

  /** First come, first served, budget by budget: a later call does not slip past one that waits for the same money. */
  #serveWaiters(): void {
    const blocked = new Set<string>();
    for (const waiter of [...this.#waiters]) {
      const keys = waiter.pots.map(potKey);
      if (keys.some((key) => blocked.has(key)) || !waiter.retry()) for (const key of keys) blocked.add(key);
    }
  }

  #talk(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#talking ??= this.#exchangeOnce().finally(() => {
      this.#talking = null;
    });
    return this.#talking;
  }

  async #exchangeOnce(): Promise<void> {
    // Calls that arrive in the same turn share one message.
    await Promise.resolve();
    const waiters = [...this.#waiters];
    const request = this.#account.nextExchange(waiters.map((waiter) => waiter.request()));
    if (!request) {
      // What is here may do for the least a call asks for, though not for all it would take.
      this.#serveWaiters();
      return;
    }
    try {
      this.#deal(this.#account.apply(await this.#ask(request)), waiters);
    } catch (cause) {
      this.#account.fail();
      if (!(cause instanceof BurnrateError)) throw cause;
    }
    this.#serveWaiters();
    // Whoever came while this message was under way was not in it.
    const came = [...this.#waiters].some((waiter) => !waiters.includes(waiter));
    if (came) setImmediate(() => void this.#talk());
  }

  #deal(refusals: readonly Refusal[], waiters: readonly Waiter[]): void {
    for (const refusal of refusals) {
      const waiter = waiters[refusal.group];
      if (!waiter || !this.#waiters.has(waiter)) continue;
      if (refusal.reason === 'exceeded' && waiter.askedLeast) waiter.refuse(refusal);
      else waiter.lastRefusal = refusal;
    }
  }

  /** A message that gets no answer counts as lost; should it arrive after all, its totals do no harm. */
  async #ask(request: ExchangeRequest): Promise<ExchangeAnswer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(unreachable()), this.#limits.exchangeMsMax);
    });
    try {
      return await Promise.race([this.#options.books.exchange(request), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Tells the books the last totals; what is still held stays leased for whoever takes over the journal. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const waiter of [...this.#waiters]) waiter.fail(unreachable());
    for (const pot of this.#account.pots) forgetDemand(pot);
    await this.#talk();
    await this.#talk();
    this.#closed = true;
  }
}

function requestOf<S extends Sizing>(ask: Omit<HoldAsk<S>, 'waitMsMax'>, sizing: S): HoldRequest {
  const { holdId, pots, admitted } = ask;
  return { holdId, pots, need: sizing.need, expected: sizing.expected, admitted };
}

function unreachable(): BurnrateError {
  return new BurnrateError('books_unavailable', { message: 'the books did not answer in time', retryAfterMs: 1_000 });
}
