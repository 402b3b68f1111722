import type { BudgetDefinition } from '../tree/index.ts';
import type { ReleaseResult, TakeOverRequest } from './exchange.ts';
import type { AccountKey, Balance, ExchangeAnswer, ExchangeRequest, Lease, LeaseState } from './lease.ts';

/** Where a definition comes from: the file is read anew at each start, the API's are kept until removed. */
export type DefinitionSource = 'file' | 'api';

/** A budget as the books keep it. */
export interface BudgetRecord {
  readonly definition: BudgetDefinition;
  readonly source: DefinitionSource;
  /** Grows with every change of any budget, so that caches can ask for what changed since. */
  readonly version: number;
  readonly changedAtMs: number;
  /** Null while it is in force. */
  readonly removedAtMs: number | null;
}

export type PutBudgetResult =
  | { readonly ok: true; readonly record: BudgetRecord; readonly changed: boolean }
  /** The file owns this name; change it there. */
  | { readonly ok: false; readonly reason: 'owned_by_file'; readonly record: BudgetRecord }
  | { readonly ok: false; readonly reason: 'too_many'; readonly budgetsMax: number };

/** Most budgets in force: every gateway keeps them all in memory and matches each call against them. */
export const budgetsMax = 10_000;

export interface BalanceQuery {
  readonly budget?: string;
  readonly instance?: string;
  /** Only balances that count at this time, ms since the epoch. */
  readonly countingAtMs?: number;
  readonly limit?: number;
  readonly after?: { readonly account: AccountKey; readonly periodStartMs: number };
}

export interface LeaseQuery {
  readonly budget?: string;
  readonly holder?: string;
  readonly state?: LeaseState;
  readonly limit?: number;
}

/** Budgets, their balances and the leases gateways hold. A hard budget never has more posted and leased than its limit. */
export interface BudgetBooks {
  /** Creates or changes; a repeated put of the same definition changes nothing. Takes effect with the next exchange. */
  put(definition: BudgetDefinition, actor: string): Promise<PutBudgetResult>;
  /** @returns the removed budget, or null when there is none of this name that the API owns */
  remove(name: string, actor: string): Promise<BudgetRecord | null>;
  /** Makes the file's budgets exactly these; a name taken by the API becomes the file's. @returns how many changed */
  adoptFile(definitions: readonly BudgetDefinition[], actor: string): Promise<number>;
  get(name: string): Promise<BudgetRecord | null>;
  /** Those in force, by name. */
  list(): Promise<readonly BudgetRecord[]>;
  /** Records (removed ones too) whose version is above `version`, ascending, at most `limit`. */
  changedSince(version: number, limit: number): Promise<readonly BudgetRecord[]>;

  /** One message of a holder: settle, then ask. Repeated, lost or overtaken messages do no harm. */
  exchange(request: ExchangeRequest): Promise<ExchangeAnswer>;
  /** Ends the leases of a dead journal by what it says was spent. @returns the leases ended now */
  takeOver(request: TakeOverRequest, actor: string): Promise<readonly Lease[]>;
  /** Makes the rest of an expired lease available again; audited with its reason. */
  release(leaseId: string, reason: string, actor: string): Promise<ReleaseResult>;
  /** Turns overdue leases into estimated spent. @returns how many */
  expireOverdue(): Promise<number>;

  balances(query?: BalanceQuery): Promise<readonly Balance[]>;
  leases(query?: LeaseQuery): Promise<readonly Lease[]>;
  /** Deletes balances that stopped counting before `beforeMs` and have no lease left, and leases ended before it. */
  prune(beforeMs: number): Promise<{ readonly balances: number; readonly leases: number }>;
}
