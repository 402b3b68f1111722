import type { AttributionName } from './words.ts';

/** What a budget, limit or plan can be narrowed to or counted by. A tag is named `tag.<name>`. */
export type ScopeDimension = AttributionName | 'key' | 'model' | 'provider' | `tag.${string}`;

/** Every dimension named must have one of its values; the empty scope is the whole company. */
export type Scope = { readonly [dimension in ScopeDimension]?: readonly string[] };

export const periodKinds = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year', 'total'] as const;
export type PeriodKind = (typeof periodKinds)[number];

/** When a budget starts anew: with the calendar of a time zone, never all at once (rolling), or never (`total`). */
export interface BudgetPeriod {
  readonly kind: PeriodKind;
  /** IANA name; calendar days and longer follow it. */
  readonly timeZone: string;
  readonly rolling: boolean;
}

/** What a budget counts. Money is picodollars; the rest are whole numbers. */
export const amountUnits = ['usd', 'tokens', 'requests', 'interactions'] as const;
export type AmountUnit = (typeof amountUnits)[number];

/** Whole amounts by unit; an absent unit is zero. */
export type Amounts = { readonly [unit in AmountUnit]?: bigint };

/** From `atShare` of the limit on, calls of the budget are held to this. Absent fields change nothing. */
export interface BrakeRung {
  /** Share of the limit, 0 to 1, posted and held. */
  readonly atShare: number;
  readonly maxOutputTokens?: number;
  /** `provider/model` to use instead. */
  readonly model?: string;
  /** How long a call may wait for its turn, ms; turns come at the pace that makes the money last. */
  readonly queueMs?: number;
  readonly cooldownMs?: number;
  readonly stop?: boolean;
}

/** A limit over a scope and a period, counted separately for each combination of values of `per`. */
export interface BudgetDefinition {
  readonly name: string;
  readonly scope: Scope;
  readonly per: readonly ScopeDimension[];
  readonly unit: AmountUnit;
  /** In whole `unit`s. */
  readonly limit: bigint;
  readonly period: BudgetPeriod;
  /** A hard budget is never overspent; a soft one only counts and warns. */
  readonly hard: boolean;
  /** Lets calls through while the books cannot be reached; what is spent then is posted when they can. */
  readonly failOpen: boolean;
  /** Ascending by `atShare`. */
  readonly brake: readonly BrakeRung[];
}

/** A slice of one lease that a hold sets aside. */
export interface HoldShare {
  readonly leaseId: string;
  readonly budget: string;
  /** Which of the budget's instances, as `instanceOf` in the policy room writes it. */
  readonly instance: string;
  /** Whole units of the lease's budget. */
  readonly amount: bigint;
}

/**
 * What a journal keeps of a hold. `hold` is committed before the first upstream byte; `extend` carries new totals, not
 * additions; a hold is resolved once, by `post` (with what was really spent, or an estimate) or `void` (nothing was).
 */
export type HoldEntry =
  | {
      readonly kind: 'hold' | 'extend';
      readonly holdId: string;
      readonly shares: readonly HoldShare[];
    }
  | {
      readonly kind: 'post';
      readonly holdId: string;
      readonly shares: readonly HoldShare[];
      readonly estimated: boolean;
    }
  | { readonly kind: 'void'; readonly holdId: string }
  /** All there is to know at this point; entries before it may be dropped once it is on disk. */
  | {
      readonly kind: 'checkpoint';
      /** What each lease has spent, without the open holds. */
      readonly spent: readonly HoldShare[];
      readonly holds: readonly { readonly holdId: string; readonly shares: readonly HoldShare[] }[];
    };
