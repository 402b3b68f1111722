import type { Dimension, RetryRow, TimeRange } from '../../ledger/index.ts';
import type { Usd } from '../../money/index.ts';
import type { LineKind, Unit } from '../../tree/index.ts';

/** What a line is shared out by. `direct`: each call's own cost stays where the call is. */
export type AllocationRule = 'direct' | 'calls' | 'tokens' | 'cost' | 'bytes' | 'even' | 'fixed';

/** One line of the full cost of a range, and what of it each group bears. */
export interface StackLine {
  readonly line: LineKind;
  /** What it is for: the entry of burnrate.yaml, the service, the role; the line itself where it comes from calls. */
  readonly name: string;
  readonly origin: 'calls' | 'outcomes' | 'reviews' | 'configuration';
  readonly rule: AllocationRule;
  readonly quantity: number;
  readonly unit: Unit;
  readonly cost: Usd;
  /** True when a quantity of it was neither reported nor measured. */
  readonly estimated: boolean;
  /** Filters of the ledger's calls that made it; null where it is not made of calls. */
  readonly behind: Readonly<Record<string, readonly string[]>> | null;
  /** One for each group of the stack, in their order; they sum to `cost` exactly. */
  readonly parts: readonly Usd[];
}

/** What the full cost is split by, and how much of everything each group has. */
export interface StackGroup {
  /** One value for each dimension asked for; null where nobody said. */
  readonly dimensions: Readonly<Record<string, string | null>>;
  readonly runs: number;
  readonly calls: number;
  readonly tokens: number;
  /** Sum of the parts of every line. */
  readonly total: Usd;
  /** Of it, what tokens cost. */
  readonly tokenCost: Usd;
}

/** The whole cost of a product over a range. */
export interface CostStack {
  readonly range: TimeRange;
  readonly by: readonly Dimension[];
  readonly groups: readonly StackGroup[];
  readonly lines: readonly StackLine[];
  readonly total: Usd;
  readonly tokenCost: Usd;
  readonly retries: readonly RetryRow[];
  /** Minutes people spent for which no rate is known; they are in no sum. */
  readonly minutesWithoutRate: number;
  readonly unknownPriceAttempts: number;
  /** Bytes kept for each call, over all tiers; null when nothing is said of observability. */
  readonly bytesStoredPerCall: number | null;
}

/** Of a typical production application, tokens are 60 to 80 % of the whole. */
export const usualTokenShare = { low: 0.6, high: 0.8 } as const;

/** Tokens' part of the whole, 0 to 1; null when nothing was spent. */
export function tokenShare({ tokenCost, total }: { readonly tokenCost: Usd; readonly total: Usd }): number | null {
  return total.picos === 0n ? null : Number(tokenCost.picos) / Number(total.picos);
}
