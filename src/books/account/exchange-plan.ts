import { type LeaseAsk, type LeaseView, leaseTtlMs, type Settlement } from '../lease.ts';
import type { AccountLimits } from './account-limits.ts';
import { idleOf, type LocalLease, type Pot, usable } from './pot.ts';

/** What a message tells and asks, remembered until its answer. */
export interface Plan {
  readonly sequence: number;
  readonly settled: Map<string, { readonly spent: bigint; readonly returned: bigint }>;
  readonly groups: LeaseAsk[][];
}

/** A lease is renewed when this much of its time is left. */
const renewBelowMs = (leaseTtlMs * 2) / 3;

/** Asks that the lease grow by what is missing, and by what the present burn will want soon. */
export function askFor(
  pot: Pot,
  lease: LocalLease,
  missing: bigint,
  size: bigint,
  plan: Plan,
  lookAheadMs: number,
): LeaseAsk {
  const need = lease.granted + missing;
  return {
    leaseId: lease.id,
    budget: pot.ref.budget,
    instance: pot.ref.instance,
    sequence: plan.sequence,
    need,
    want: pot.contended ? need : need + lookAhead(pot, lookAheadMs),
    size,
  };
}

/** What the present burn spends in the time a lease should last. */
export function lookAhead(pot: Pot, lookAheadMs: number): bigint {
  return BigInt(Math.ceil((pot.burnPerSecond * lookAheadMs) / 1000));
}

/**
 * What the books must hear: totals that changed, leases to renew, leases that are done.
 * @param taken what calls that wait are about to use, by pot: it is not given back
 */
export function settlementsOf(
  pots: Iterable<Pot>,
  plan: Plan,
  taken: ReadonlyMap<Pot, bigint>,
  unknown: readonly LeaseView[],
  limits: AccountLimits,
  nowMs: number,
): Settlement[] {
  const settlements = unknown.map((view) => closeUnknown(view, plan.sequence));
  for (const pot of pots) {
    if (settlements.length >= limits.settlementsMax) break;
    if (pot.lease) giveBackIdle(pot, pot.lease, taken.get(pot) ?? 0n, limits, nowMs);
    for (const lease of [...pot.draining, ...(pot.lease ? [pot.lease] : [])]) {
      if (lease !== pot.lease) giveBack(lease, lease.reserved);
      if (mustTell(pot, lease, nowMs)) settlements.push(tell(pot, lease, plan));
    }
  }
  return settlements;
}

function tell(pot: Pot, lease: LocalLease, plan: Plan): Settlement {
  plan.settled.set(lease.id, { spent: lease.spent, returned: lease.returned });
  return {
    leaseId: lease.id,
    budget: pot.ref.budget,
    instance: pot.ref.instance,
    sequence: plan.sequence,
    spent: lease.spent,
    returned: lease.returned,
    close: lease !== pot.lease && lease.holds === 0,
  };
}

/** A lease that was only asked for is unknown to the books until it is granted, or until a soft budget spends on it. */
function mustTell(pot: Pot, lease: LocalLease, nowMs: number): boolean {
  if (lease.spent !== lease.settledSpent || lease.returned !== lease.settledReturned) return true;
  if (lease !== pot.lease && lease.holds === 0) return true;
  return lease.state !== 'asked' && lease.deadlineMs - nowMs < renewBelowMs;
}

/** Money nobody is about to use goes back: all of it when others wait for it, else what neither the burn nor calls like those of late want. */
function giveBackIdle(pot: Pot, lease: LocalLease, taken: bigint, limits: AccountLimits, nowMs: number): void {
  const quiet = nowMs - pot.usedAtMs > limits.idleMs;
  if (quiet && lease.holds === 0 && taken === 0n) {
    // One that was never granted nor spent on is simply forgotten.
    if (lease.state !== 'asked' || lease.spent > 0n) pot.draining.add(lease);
    pot.lease = null;
    return;
  }
  if (!usable(lease, nowMs)) return;
  const scarce = pot.contended || (pot.room ?? 0n) < 0n;
  const wanted = scarce ? 0n : larger(lookAhead(pot, limits.lookAheadMs), pot.heldPeak - lease.held);
  giveBack(lease, lease.reserved + larger(wanted, taken));
}

/** Lowers the idle part to `keep`. It is gone from here at once, before the books hear of it. */
function giveBack(lease: LocalLease, keep: bigint): void {
  const excess = idleOf(lease) - keep;
  if (excess > 0n) lease.returned += excess;
}

/** No hold was ever made on a lease this account does not know, so nothing was spent on it. */
function closeUnknown(view: LeaseView, sequence: number): Settlement {
  const { leaseId, budget, instance } = view;
  return { leaseId, budget, instance, sequence, spent: 0n, returned: 0n, close: true };
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
