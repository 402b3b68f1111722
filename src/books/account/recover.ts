import type { HoldEntry, HoldShare } from '../../tree/index.ts';
import type { LeaseFinal } from '../exchange.ts';

/** What a journal knows of its leases. */
export interface Recovered {
  readonly finals: readonly LeaseFinal[];
  /** Holds begun and never resolved; each is counted in `finals` at its full amount, as an estimate. */
  readonly openHolds: readonly { readonly holdId: string; readonly shares: readonly HoldShare[] }[];
}

/**
 * Adds up a dead process's journal: what was posted, and every open hold at its full amount, because the provider may
 * bill it. Entries come in journal order; a resolution counts once, and extensions carry totals.
 */
export function recoverLeases(entries: Iterable<HoldEntry>): Recovered {
  const open = new Map<string, readonly HoldShare[]>();
  const resolved = new Set<string>();
  const finals = new Map<string, LeaseFinal>();
  for (const entry of entries) {
    if (entry.kind === 'checkpoint') {
      finals.clear();
      open.clear();
      addShares(finals, entry.spent);
      for (const { holdId, shares } of entry.holds) open.set(holdId, shares);
    } else if (resolved.has(entry.holdId)) continue;
    else if (entry.kind === 'hold' || entry.kind === 'extend') open.set(entry.holdId, entry.shares);
    else {
      resolved.add(entry.holdId);
      // A voided hold names its leases too: they are known, with nothing spent.
      const known = open.get(entry.holdId) ?? [];
      open.delete(entry.holdId);
      addShares(finals, entry.kind === 'post' ? entry.shares : known.map((share) => ({ ...share, amount: 0n })));
    }
  }
  for (const shares of open.values()) addShares(finals, shares, true);
  return {
    finals: [...finals.values()],
    openHolds: [...open].map(([holdId, shares]) => ({ holdId, shares })),
  };
}

function addShares(finals: Map<string, LeaseFinal>, shares: readonly HoldShare[], open = false): void {
  for (const { leaseId, budget, instance, amount } of shares) {
    const known = finals.get(leaseId);
    const spent = (known?.spent ?? 0n) + amount;
    finals.set(leaseId, { leaseId, budget, instance, spent, open: (known?.open ?? 0n) + (open ? amount : 0n) });
  }
}
