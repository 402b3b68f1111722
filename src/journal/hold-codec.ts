import type { HoldEntry, HoldShare } from '../tree/index.ts';

type PackedShare = readonly [leaseId: string, budget: string, instance: string, amount: string];

/** A hold entry as JSON can carry it: amounts are decimal strings. */
export interface PackedHold {
  readonly kind: HoldEntry['kind'];
  readonly id?: string;
  readonly shares?: readonly PackedShare[];
  readonly estimated?: boolean;
  readonly holds?: readonly { readonly id: string; readonly shares: readonly PackedShare[] }[];
}

export function packHold(entry: HoldEntry): PackedHold {
  const { kind } = entry;
  if (kind === 'void') return { kind, id: entry.holdId };
  if (kind === 'checkpoint') {
    const holds = entry.holds.map(({ holdId, shares }) => ({ id: holdId, shares: shares.map(packShare) }));
    return { kind, shares: entry.spent.map(packShare), holds };
  }
  const packed = { kind, id: entry.holdId, shares: entry.shares.map(packShare) };
  return kind === 'post' ? { ...packed, estimated: entry.estimated } : packed;
}

/** @throws TypeError when a field is missing */
export function unpackHold(packed: PackedHold): HoldEntry {
  const { kind } = packed;
  if (kind === 'checkpoint') {
    const holds = required(packed.holds).map(({ id, shares }) => ({ holdId: id, shares: shares.map(unpackShare) }));
    return { kind, spent: required(packed.shares).map(unpackShare), holds };
  }
  const holdId = required(packed.id);
  if (kind === 'void') return { kind, holdId };
  const shares = required(packed.shares).map(unpackShare);
  return kind === 'post' ? { kind, holdId, shares, estimated: packed.estimated === true } : { kind, holdId, shares };
}

function packShare({ leaseId, budget, instance, amount }: HoldShare): PackedShare {
  return [leaseId, budget, instance, amount.toString()];
}

function unpackShare([leaseId, budget, instance, amount]: PackedShare): HoldShare {
  return { leaseId, budget, instance, amount: BigInt(amount) };
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('a hold entry lacks a field');
  return value;
}
