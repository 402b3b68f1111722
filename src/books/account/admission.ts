import type { HoldRequest } from './hold.ts';
import { freeOf, idleOf, type LocalLease, type Pot, usable } from './pot.ts';

/** A new call needs what it is expected to cost, so that it finishes; a further attempt only its slice. */
export function requirement(pot: Pot, request: HoldRequest): bigint {
  const need = request.need[pot.ref.unit] ?? 0n;
  const expected = request.expected[pot.ref.unit] ?? 0n;
  return request.admitted || expected < need ? need : expected;
}

export function availableFor(pot: Pot, admitted: boolean, nowMs: number): bigint {
  if (!usable(pot.lease, nowMs)) return 0n;
  return admitted ? idleOf(pot.lease) : freeOf(pot, nowMs);
}

/** Money on a lease past its deadline is not lost: renewed, it counts again. */
export function unreachable(lease: LocalLease, nowMs: number): bigint {
  const reachable: boolean = usable(lease, nowMs);
  return reachable ? 0n : idleOf(lease) - lease.reserved;
}

export const positive = (amount: bigint): bigint => (amount > 0n ? amount : 0n);

export function smallest(amounts: Iterable<bigint>): bigint | null {
  let least: bigint | null = null;
  for (const amount of amounts) if (least === null || amount < least) least = amount;
  return least;
}
