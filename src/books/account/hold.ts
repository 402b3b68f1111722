import type { Amounts, HoldEntry, HoldShare } from '../../tree/index.ts';
import { type LocalLease, notePeak, type Pot, type PotRef } from './pot.ts';

/** What a call needs held now, and what it is expected to cost in the end. */
export interface Sizing {
  readonly need: Amounts;
  /** At least `need`; the difference is kept for the call but may be lent to another's extension. */
  readonly expected: Amounts;
}

export interface HoldRequest extends Sizing {
  /** The attempt's id: each attempt has a hold of its own. */
  readonly holdId: string;
  readonly pots: readonly PotRef[];
  /** True for a further attempt of a call already admitted: it needs only its slice. */
  readonly admitted: boolean;
}

/** A part of a hold on one lease. */
export interface Share {
  readonly pot: Pot;
  readonly lease: LocalLease;
  amount: bigint;
  expectedLeft: bigint;
}

export interface Hold {
  readonly id: string;
  readonly shares: Share[];
}

export function takeShare(pot: Pot, lease: LocalLease, amount: bigint, expected: bigint): Share {
  const expectedLeft = expected > amount ? expected - amount : 0n;
  lease.held += amount;
  lease.reserved += expectedLeft;
  lease.holds += 1;
  notePeak(pot);
  return { pot, lease, amount, expectedLeft };
}

/** Moves more of the lease into the share; what was expected of the call shrinks by it. */
function growShare(share: Share, amount: bigint): void {
  const used = amount < share.expectedLeft ? amount : share.expectedLeft;
  share.amount += amount;
  share.lease.held += amount;
  notePeak(share.pot);
  share.expectedLeft -= used;
  share.lease.reserved -= used;
}

/** Adds to the hold's share of a lease, or opens one. */
export function growHold(hold: Hold, pot: Pot, lease: LocalLease, amount: bigint): void {
  const share = hold.shares.findLast((candidate) => candidate.pot === pot && candidate.lease === lease);
  if (share) growShare(share, amount);
  else hold.shares.push(takeShare(pot, lease, amount, amount));
}

/** Ends the share: nothing of it is held or reserved any more, and `spent` is spent. */
export function resolveShare(share: Share, spent: bigint): void {
  share.lease.held -= share.amount;
  share.lease.reserved -= share.expectedLeft;
  share.lease.holds -= 1;
  share.lease.spent += spent;
  share.pot.burned += spent;
}

/**
 * What each share spends of the actual amounts: shares of one pot are filled in the order they were taken, and what
 * exceeds them all falls on the last, so that the whole is posted and never clipped.
 */
export function spentByShare(shares: readonly Share[], actual: Amounts): bigint[] {
  const left = new Map<Pot, bigint>();
  for (const { pot } of shares) left.set(pot, actual[pot.ref.unit] ?? 0n);
  const spent = shares.map((share) => {
    const rest = left.get(share.pot) ?? 0n;
    const part = rest < share.amount ? rest : share.amount;
    left.set(share.pot, rest - part);
    return part;
  });
  for (let i = shares.length - 1; i >= 0; i--) {
    const pot = shares[i]?.pot;
    if (!pot) continue;
    spent[i] = (spent[i] ?? 0n) + (left.get(pot) ?? 0n);
    left.set(pot, 0n);
  }
  return spent;
}

/** How the journal writes shares. */
export function journalShares(
  shares: readonly Share[],
  amountOf: (share: Share, index: number) => bigint,
): readonly HoldShare[] {
  return shares.map((share, index) => ({
    leaseId: share.lease.id,
    budget: share.pot.ref.budget,
    instance: share.pot.ref.instance,
    amount: amountOf(share, index),
  }));
}

export function holdEntry(kind: 'hold' | 'extend', hold: Hold): HoldEntry {
  return { kind, holdId: hold.id, shares: journalShares(hold.shares, (share) => share.amount) };
}

/** What one call holds of one budget instance, in its whole units. */
interface CallHold {
  readonly holdId: string;
  readonly amount: bigint;
}

/** The calls that hold most of a budget instance, at most `max` of them, and how many hold anything of it. */
export function largestHolds(
  holds: Iterable<Hold>,
  { budget, instance }: Pick<PotRef, 'budget' | 'instance'>,
  max: number,
): { readonly largest: readonly CallHold[]; readonly inAll: number } {
  const found: CallHold[] = [];
  for (const { id, shares } of holds) {
    const own = shares.filter(({ pot: { ref } }) => ref.budget === budget && ref.instance === instance);
    const amount = own.reduce((sum, share) => sum + share.amount, 0n);
    if (amount > 0n) found.push({ holdId: id, amount });
  }
  found.sort((a, b) => (a.amount < b.amount ? 1 : a.amount > b.amount ? -1 : 0));
  return { largest: found.slice(0, max), inAll: found.length };
}

/** What shares hold of a unit, by pot. */
export function heldByPot(shares: readonly Share[], unit: PotRef['unit']): Map<Pot, bigint> {
  const totals = new Map<Pot, bigint>();
  for (const { pot, amount } of shares) {
    if (pot.ref.unit === unit) totals.set(pot, (totals.get(pot) ?? 0n) + amount);
  }
  return totals;
}
