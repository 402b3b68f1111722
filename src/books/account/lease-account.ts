import { assert, type Clock } from '../../base/index.ts';
import type { Amounts, HoldEntry, HoldShare } from '../../tree/index.ts';
import type { ExchangeAnswer, ExchangeRequest, LeaseView, Refusal } from '../lease.ts';
import { accountLimits } from './account-limits.ts';
import { availableFor, positive, requirement, smallest, unreachable } from './admission.ts';
import { askFor, lookAhead, type Plan, settlementsOf } from './exchange-plan.ts';
import {
  growHold,
  type Hold,
  type HoldRequest,
  heldByPot,
  holdEntry,
  journalShares,
  resolveShare,
  type Share,
  spentByShare,
  takeShare,
} from './hold.ts';
import {
  alive,
  freeOf,
  idleOf,
  type KnownLease,
  type LocalLease,
  leasesById,
  newLocalLease,
  newPot,
  type Pot,
  type PotRef,
  type PotStanding,
  potKey,
  sampleBurn,
  standingOf,
  usable,
} from './pot.ts';

export type TryHoldResult =
  | { readonly ok: true; readonly entry: HoldEntry }
  | { readonly ok: false; readonly short: PotRef };

export interface LeaseAccountOptions {
  /** The journal of this process: who holds the leases. */
  readonly holder: string;
  readonly nextLeaseId: () => string;
  readonly clock: Clock;
}

interface InFlight {
  readonly sentAtMs: number;
  readonly plan: Plan;
}

/**
 * The money of one gateway process: leases from the books, holds of calls in flight. Everything is in memory and
 * synchronous; what must be durable comes back as journal entries, and talk with the books as exchange messages, of
 * which one is under way at a time.
 */
export class LeaseAccount {
  readonly #options: LeaseAccountOptions;
  readonly #pots = new Map<string, Pot>();
  readonly #holds = new Map<string, Hold>();
  /** Leases the books name that no hold was ever made on: an answer that got lost opened them. */
  readonly #unknown: LeaseView[] = [];
  #inFlight: InFlight | null = null;
  #sequence = 0;
  #listedAtMs: number;
  #booksLost = false;

  constructor(options: LeaseAccountOptions) {
    this.#options = options;
    this.#listedAtMs = options.clock.monotonicMs();
  }

  /** True from a failed exchange until the next that succeeds. */
  get booksLost(): boolean {
    return this.#booksLost;
  }

  isOpen(holdId: string): boolean {
    return this.#holds.has(holdId);
  }

  get openHolds(): number {
    return this.#holds.size;
  }

  get holds(): IterableIterator<Hold> {
    return this.#holds.values();
  }

  get pots(): IterableIterator<Pot> {
    return this.#pots.values();
  }

  /** Holds `need` in every pot or in none. What is short must come from the books. */
  tryHold(request: HoldRequest): TryHoldResult {
    assert(!this.#holds.has(request.holdId), 'a hold is made once');
    const nowMs = this.#nowMs();
    // A unit the request does not name is not counted for this call.
    const counted = request.pots.filter((ref) => request.need[ref.unit] !== undefined);
    const pots = counted.map((ref) => this.#pot(ref, nowMs)).filter((pot) => !pot.removed);
    const short = pots.find((pot) => !this.#covers(pot, request, nowMs));
    if (short) return { ok: false, short: short.ref };
    const shares = pots.map((pot) => {
      const { unit } = pot.ref;
      return takeShare(pot, this.#leaseFor(pot, nowMs), request.need[unit] ?? 0n, request.expected[unit] ?? 0n);
    });
    const hold = { id: request.holdId, shares };
    this.#holds.set(hold.id, hold);
    return { ok: true, entry: holdEntry('hold', hold) };
  }

  #covers(pot: Pot, request: HoldRequest, nowMs: number): boolean {
    if (this.#forced(pot, nowMs)) return true;
    return usable(pot.lease, nowMs) && availableFor(pot, request.admitted, nowMs) >= requirement(pot, request);
  }

  /** Soft budgets only count; some hard ones stay open, by choice, while the books are lost. */
  #forced(pot: Pot, nowMs: number): boolean {
    if (!pot.ref.hard) return true;
    return pot.ref.failOpen && this.#booksLost && !usable(pot.lease, nowMs);
  }

  #leaseFor(pot: Pot, nowMs: number): LocalLease {
    this.#roll(pot, nowMs);
    pot.lease ??= newLocalLease(this.#options.nextLeaseId());
    pot.usedAtMs = nowMs;
    return pot.lease;
  }

  /** Sets a lease aside whose period is over or that ended: its holds go on, new ones need another. */
  #roll(pot: Pot, nowMs: number): void {
    const { lease } = pot;
    if (!lease || lease.state === 'asked' || (lease.state === 'open' && nowMs < lease.periodEndMs)) return;
    pot.draining.add(lease);
    pot.lease = null;
  }

  /**
   * Adds to a hold in every pot or in none: from the lease it is on, else from the pot's present one.
   * Do not read answers beyond the old amount before the entry is in the journal.
   */
  extend(holdId: string, more: Amounts): TryHoldResult {
    const hold = this.#holds.get(holdId);
    assert(hold, 'only an open hold is extended');
    const nowMs = this.#nowMs();
    const growth = new Map<Pot, LocalLease>();
    for (const pot of new Set(hold.shares.map((share) => share.pot))) {
      const lease = this.#extensionLease(hold, pot, more[pot.ref.unit] ?? 0n, nowMs);
      if (!lease) return { ok: false, short: pot.ref };
      growth.set(pot, lease);
    }
    for (const [pot, lease] of growth) growHold(hold, pot, lease, more[pot.ref.unit] ?? 0n);
    return { ok: true, entry: holdEntry('extend', hold) };
  }

  #extensionLease(hold: Hold, pot: Pot, amount: bigint, nowMs: number): LocalLease | null {
    const last = hold.shares.findLast((share) => share.pot === pot)?.lease ?? null;
    if (alive(last, nowMs) && idleOf(last) >= amount) return last;
    if (usable(pot.lease, nowMs) && idleOf(pot.lease) >= amount) return pot.lease;
    return this.#forced(pot, nowMs) || amount === 0n ? (last ?? this.#leaseFor(pot, nowMs)) : null;
  }

  /**
   * Resolves a hold with what was spent, all of it, even beyond the hold.
   * @returns null when it was resolved before: a hold is resolved once
   */
  post(holdId: string, actual: Amounts, estimated: boolean): HoldEntry | null {
    const shares = this.#remove(holdId);
    if (!shares) return null;
    const spent = spentByShare(shares, actual);
    for (const [index, share] of shares.entries()) resolveShare(share, spent[index] ?? 0n);
    return { kind: 'post', holdId, shares: journalShares(shares, (_, index) => spent[index] ?? 0n), estimated };
  }

  /** Resolves a hold of which nothing was billed. @returns null when it was resolved before */
  void(holdId: string): HoldEntry | null {
    const shares = this.#remove(holdId);
    if (!shares) return null;
    for (const share of shares) resolveShare(share, 0n);
    return { kind: 'void', holdId };
  }

  /** Resolves a hold whose end nobody knows: all of it counts as spent, as an estimate. */
  expire(holdId: string): HoldEntry | null {
    const shares = this.#remove(holdId);
    if (!shares) return null;
    for (const share of shares) resolveShare(share, share.amount);
    return { kind: 'post', holdId, shares: journalShares(shares, (share) => share.amount), estimated: true };
  }

  #remove(holdId: string): readonly Share[] | null {
    const hold = this.#holds.get(holdId);
    if (!hold) return null;
    this.#holds.delete(holdId);
    return hold.shares;
  }

  /** Open holds on the busiest of these hard pots. */
  openHoldsOf(refs: readonly PotRef[]): number {
    const pots = refs.filter((ref) => ref.hard).map((ref) => this.#pots.get(potKey(ref)));
    return Math.max(0, ...pots.map((pot) => pot?.lease?.holds ?? 0));
  }

  /** The whole account as one journal entry, so that older entries can be dropped. */
  checkpoint(): HoldEntry & { kind: 'checkpoint' } {
    const spent: HoldShare[] = [];
    for (const { pot, lease } of leasesById(this.#pots.values()).values()) {
      const { budget, instance } = pot.ref;
      spent.push({ leaseId: lease.id, budget, instance, amount: lease.spent });
    }
    const holds = [...this.#holds.values()].map(({ id, shares }) => ({
      holdId: id,
      shares: journalShares(shares, (share) => share.amount),
    }));
    return { kind: 'checkpoint', spent, holds };
  }

  /** Why the first of these pots that gave nothing did so. */
  refusalOf(pots: readonly PotRef[]): Refusal | null {
    const refusals = pots.map((ref) => this.#pots.get(potKey(ref))?.refusal ?? null);
    return refusals.find((refusal) => refusal !== null) ?? null;
  }

  /** How a budget instance stands, as far as this process knows; null before the books first told. */
  standing(ref: PotRef): PotStanding | null {
    const pot = this.#pots.get(potKey(ref));
    return pot ? standingOf(pot, this.#nowMs()) : null;
  }

  /** What is held for a call in a unit, in the pot that holds least of it; null when nothing limits it. */
  heldFor(holdId: string, unit: PotRef['unit']): bigint | null {
    return smallest(heldByPot(this.#holds.get(holdId)?.shares ?? [], unit).values());
  }

  /**
   * What a new call could get of a unit: free here, and with `withRoom` also what the books last had to give.
   * Null when no hard pot counts the unit.
   */
  headroom(pots: readonly PotRef[], unit: PotRef['unit'], withRoom: boolean): bigint | null {
    const nowMs = this.#nowMs();
    const limiting = pots.filter((ref) => ref.hard && ref.unit === unit).map((ref) => this.#pot(ref, nowMs));
    return smallest(
      limiting
        .filter((pot) => !pot.removed && !this.#forced(pot, nowMs))
        .map((pot) => positive(freeOf(pot, nowMs)) + (withRoom ? positive(pot.room ?? pot.ref.limit) : 0n)),
    );
  }

  /**
   * The next message to the books, or null when there is nothing to say or one is under way.
   * @param waiting calls that could not be held, first come first
   */
  nextExchange(waiting: readonly HoldRequest[]): ExchangeRequest | null {
    if (this.#inFlight) return null;
    const nowMs = this.#nowMs();
    const listAll = nowMs - this.#listedAtMs >= accountLimits.listAllMs;
    const plan: Plan = { sequence: ++this.#sequence, settled: new Map(), groups: [] };
    for (const pot of this.#pots.values()) {
      this.#roll(pot, nowMs);
      sampleBurn(pot, nowMs);
    }
    const taken = new Map<Pot, bigint>();
    for (const request of waiting.slice(0, accountLimits.groupsMax)) {
      plan.groups.push(this.#askGroup(request, taken, plan, nowMs));
    }
    this.#growAhead(plan, taken, nowMs);
    const settlements = settlementsOf(this.#pots.values(), plan, taken, this.#unknown.splice(0), accountLimits, nowMs);
    this.#dropIdlePots(nowMs);
    const asks = plan.groups.filter((group) => group.length > 0);
    if (asks.length === 0 && settlements.length === 0 && !listAll) return null;
    if (listAll) this.#listedAtMs = nowMs;
    this.#inFlight = { sentAtMs: nowMs, plan };
    // Empty groups stay in place: positions are how refusals find their waiting call.
    return { holder: this.#options.holder, settlements, asks: plan.groups, listAll };
  }

  #askGroup(request: HoldRequest, taken: Map<Pot, bigint>, plan: Plan, nowMs: number) {
    const asks = [];
    for (const ref of request.pots) {
      const pot = this.#pot(ref, nowMs);
      if (pot.removed || !pot.ref.hard || request.need[ref.unit] === undefined) continue;
      const planned = (taken.get(pot) ?? 0n) + requirement(pot, request);
      taken.set(pot, planned);
      const shortfall = planned - availableFor(pot, request.admitted, nowMs);
      if (shortfall <= 0n && usable(pot.lease, nowMs)) continue;
      const lease = this.#leaseFor(pot, nowMs);
      const missing = positive(shortfall - unreachable(lease, nowMs));
      asks.push(askFor(pot, lease, missing, requirement(pot, request), plan, accountLimits.lookAheadMs));
    }
    return asks;
  }

  /** Asks early for what the present burn will need, so that calls seldom wait for the books. */
  #growAhead(plan: Plan, taken: ReadonlyMap<Pot, bigint>, nowMs: number): void {
    for (const pot of this.#pots.values()) {
      if (plan.groups.length >= 2 * accountLimits.groupsMax) return;
      if (taken.has(pot) || !pot.ref.hard || !usable(pot.lease, nowMs) || pot.contended) continue;
      const wanted = lookAhead(pot, accountLimits.lookAheadMs);
      const short = freeOf(pot, nowMs) * 2n < wanted && (pot.room ?? 0n) > 0n;
      if (short) plan.groups.push([askFor(pot, pot.lease, 0n, 0n, plan, accountLimits.lookAheadMs)]);
    }
  }

  /** @returns why calls were refused, by their position among those that waited */
  apply(answer: ExchangeAnswer): readonly Refusal[] {
    const inFlight = this.#inFlight;
    assert(inFlight, 'an answer follows a message');
    this.#inFlight = null;
    this.#booksLost = false;
    const byId = leasesById(this.#pots.values());
    for (const view of answer.leases) this.#applyView(view, byId.get(view.leaseId), inFlight);
    const seen = new Set(answer.leases.map((view) => view.leaseId));
    // The books answer every settlement but one of a budget that is no more: nobody counts that money now.
    for (const id of inFlight.plan.settled.keys()) if (!seen.has(id)) this.#forget(byId.get(id));
    for (const refusal of answer.refusals) this.#applyRefusal(refusal);
    return answer.refusals;
  }

  #applyView(view: LeaseView, known: { pot: Pot; lease: LocalLease } | undefined, inFlight: InFlight): void {
    if (!known) {
      if (view.state !== 'closed') this.#unknown.push(view);
      return;
    }
    const { pot, lease } = known;
    const told = inFlight.plan.settled.get(lease.id);
    if (told) {
      lease.settledSpent = told.spent;
      lease.settledReturned = told.returned;
    }
    lease.granted = view.granted;
    if (view.state === 'open' && lease.state !== 'ended') lease.state = 'open';
    if (view.state === 'released' || view.state === 'closed') lease.state = 'ended';
    // Counted from before the message went out, both end here no later than in the books.
    lease.deadlineMs = inFlight.sentAtMs + view.expiresInMs;
    lease.periodEndMs = inFlight.sentAtMs + view.periodEndsInMs;
    pot.room = view.room;
    pot.spentKnown = view.spent;
    pot.contended = view.contended;
    if (view.state === 'closed') this.#forget(known);
  }

  #applyRefusal(refusal: Refusal): void {
    const pot = this.#pots.get(potKey(refusal));
    if (!pot) return;
    pot.room = refusal.limit - refusal.spent - refusal.leased;
    pot.spentKnown = refusal.spent;
    pot.refusal = refusal;
    if (refusal.reason === 'no_budget') pot.removed = true;
    if (refusal.reason === 'contended') pot.contended = true;
    const past = refusal.reason === 'period_over' || refusal.reason === 'lease_ended';
    if (past && pot.lease?.id === refusal.leaseId) {
      pot.lease.state = 'ended';
      this.#roll(pot, this.#nowMs());
    }
  }

  #forget(known: KnownLease | undefined): void {
    if (!known) return;
    known.pot.draining.delete(known.lease);
    if (known.pot.lease === known.lease) known.pot.lease = null;
  }

  /** The message under way failed; everything in it is told again with the next. */
  fail(): void {
    this.#inFlight = null;
    this.#booksLost = true;
  }

  #pot(ref: PotRef, nowMs: number): Pot {
    const key = potKey(ref);
    const known = this.#pots.get(key);
    if (known) {
      known.ref = ref;
      return known;
    }
    const pot = newPot(ref, nowMs);
    this.#pots.set(key, pot);
    return pot;
  }

  /** True when no further pot may be opened; new calls are then told that the gateway is full. */
  get full(): boolean {
    return this.#pots.size >= accountLimits.potsMax;
  }

  #dropIdlePots(nowMs: number): void {
    for (const [key, pot] of this.#pots) {
      const empty = pot.lease === null && pot.draining.size === 0;
      if (empty && nowMs - pot.usedAtMs > accountLimits.idleMs) this.#pots.delete(key);
    }
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }
}
