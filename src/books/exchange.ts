import { assert } from '../base/index.ts';
import type { BudgetDefinition } from '../tree/index.ts';
import {
  type AccountKey,
  type Balance,
  type ExchangeAnswer,
  type ExchangeRequest,
  type Lease,
  type LeaseAsk,
  type LeaseTables,
  type LeaseView,
  leaseTtlMs,
  moveLease,
  type Refusal,
  remainderOf,
  type Settlement,
} from './lease.ts';
import { type Period, periodAt, periodRule } from './periods.ts';

/** How long after a refusal holders are told to give back what is idle. */
const contentionMs = 3_000;
/** Beyond what it needs, an ask gets at most this part of what would be left. */
const lookAheadShare = 8n;
const expiriesPerExchangeMax = 100;

/**
 * One message of a holder: settlements first, then asks. Run it in one write transaction.
 * @param nowMs the books' wall clock, which alone decides periods
 */
export async function exchange(tables: LeaseTables, request: ExchangeRequest, nowMs: number): Promise<ExchangeAnswer> {
  if (await tables.hasEnded(request.holder)) return nothingFor(request);
  const touched = new Set<string>();
  for (const settlement of request.settlements) {
    if (await settle(tables, request.holder, settlement, nowMs)) touched.add(settlement.leaseId);
  }
  const refusals: Refusal[] = [];
  for (const [position, group] of request.asks.entries()) {
    const refused = await grantGroup(tables, request.holder, group, nowMs);
    refusals.push(...refused.map((refusal) => ({ ...refusal, group: position })));
    if (refused.length === 0) for (const ask of group) touched.add(ask.leaseId);
  }
  if (request.asks.length > 0) await expireOverdue(tables, nowMs, expiriesPerExchangeMax);
  if (request.listAll) for (const lease of await tables.leasesOf(request.holder)) touched.add(lease.id);
  const leases: LeaseView[] = [];
  for (const id of touched) leases.push(await viewOf(tables, id, nowMs));
  return { leases, refusals };
}

/** A message of a holder that was taken over came too late: its journal said all there was to say. */
function nothingFor({ asks }: ExchangeRequest): ExchangeAnswer {
  const refusals = asks.flatMap((group, position) =>
    group.map((ask) => ({ ...refusal(ask, 'lease_ended', null), group: position })),
  );
  return { leases: [], refusals };
}

/** @returns whether the lease is known afterwards */
async function settle(tables: LeaseTables, holder: string, settlement: Settlement, nowMs: number): Promise<boolean> {
  const lease = await tables.lease(settlement.leaseId);
  if (!lease) return openBySettlement(tables, holder, settlement, nowMs);
  // A message of another holder, or one overtaken by a later one, changes nothing; the answer shows how things stand.
  if (lease.holder !== holder || settlement.sequence <= lease.sequence || lease.state === 'closed') return true;
  await moveLease(tables, lease, settled(lease, settlement, nowMs), await balanceOf(tables, lease));
  return true;
}

function settled(lease: Lease, settlement: Settlement, nowMs: number): Lease {
  assert(settlement.spent >= lease.spent && settlement.returned >= lease.returned, 'settlements are growing totals');
  const totals = { ...lease, spent: settlement.spent, returned: settlement.returned, sequence: settlement.sequence };
  if (settlement.close) return { ...totals, state: 'closed' };
  // Money given back by an audited release is gone: what the holder still spends is posted, but it gets nothing more.
  if (lease.state === 'released') return totals;
  return { ...totals, state: 'open', expiresAtMs: nowMs + leaseTtlMs };
}

/** Soft budgets, and hard ones that stay open while the books are lost, spend first and tell later. */
async function openBySettlement(
  tables: LeaseTables,
  holder: string,
  settlement: Settlement,
  nowMs: number,
): Promise<boolean> {
  const definition = await tables.definition(settlement.budget);
  if (!definition) return false;
  const account = accountOf(definition, settlement.instance);
  const period = await currentPeriod(tables, definition, account, nowMs);
  const empty = newLease(settlement.leaseId, holder, account, period, nowMs);
  const balance = (await tables.balance(account, period.startMs)) ?? newBalance(account, period);
  await moveLease(tables, null, settled(empty, settlement, nowMs), balance);
  return true;
}

type AskRefusal = Omit<Refusal, 'group'>;

interface Grant {
  readonly before: Lease | null;
  readonly after: Lease;
}

/** Grants every ask of the group or none. @returns the refusals; empty when all were granted */
async function grantGroup(
  tables: LeaseTables,
  holder: string,
  group: readonly LeaseAsk[],
  nowMs: number,
): Promise<readonly AskRefusal[]> {
  // A fixed order keeps two engines' row locks from waiting on each other.
  const ordered = [...group].sort((a, b) => compare(a.budget, b.budget) || compare(a.instance, b.instance));
  assert(new Set(ordered.map((ask) => ask.leaseId)).size === ordered.length, 'a group asks once for a lease');
  const grants: Grant[] = [];
  const refusals: AskRefusal[] = [];
  for (const ask of ordered) {
    const decided = await decide(tables, holder, ask, nowMs);
    if ('reason' in decided) refusals.push(decided);
    else grants.push(decided);
  }
  if (refusals.length > 0) {
    await noteContention(tables, refusals, nowMs);
    return refusals;
  }
  for (const { before, after } of grants) {
    await moveLease(tables, before, after, await balanceOf(tables, after, nowMs));
  }
  return [];
}

async function decide(tables: LeaseTables, holder: string, ask: LeaseAsk, nowMs: number): Promise<Grant | AskRefusal> {
  const definition = await tables.definition(ask.budget);
  if (!definition) return refusal(ask, 'no_budget', null);
  const account = accountOf(definition, ask.instance);
  const period = await currentPeriod(tables, definition, account, nowMs);
  const standing = await standingOf(tables, definition, account, period, nowMs);
  const before = await tables.lease(ask.leaseId);
  if (before && (before.holder !== holder || ended(before))) return refusal(ask, 'lease_ended', standing);
  if (before && !sameAccount(before, account, period)) return refusal(ask, 'period_over', standing);
  const lease = before ?? newLease(ask.leaseId, holder, account, period, nowMs);
  // An ask overtaken by a later message of the same lease grants nothing: its holder no longer knows of it.
  if (before && ask.sequence < before.sequence) return { before, after: before };
  const amount = amountFor(ask, lease, standing);
  if (amount === null) return refusal(ask, standing.exceeded(ask.size) ? 'exceeded' : 'contended', standing);
  const after: Lease = {
    ...lease,
    granted: lease.granted + amount,
    sequence: ask.sequence,
    state: 'open',
    expiresAtMs: nowMs + leaseTtlMs,
  };
  return { before, after };
}

/** What is added to a lease so that it reaches what is needed and, as far as there is plenty, what is wanted; null when there is not enough. */
function amountFor(ask: LeaseAsk, lease: Lease, standing: Standing): bigint | null {
  const needed = positive(ask.need - lease.granted);
  const wanted = positive(ask.want - lease.granted - needed);
  if (!standing.definition.hard) return needed + wanted;
  if (needed > 0n && needed > standing.room) return null;
  const spare = positive(standing.room - needed) / lookAheadShare;
  return needed + (wanted < spare ? wanted : spare);
}

/** How an account stands against its limit now. */
interface Standing {
  readonly definition: BudgetDefinition;
  readonly spent: bigint;
  readonly leased: bigint;
  readonly room: bigint;
  readonly resetsInMs: number;
  readonly contended: boolean;
  exceeded(size: bigint): boolean;
}

async function standingOf(
  tables: LeaseTables,
  definition: BudgetDefinition,
  account: AccountKey,
  period: Period,
  nowMs: number,
): Promise<Standing> {
  const balances = await tables.counting(account, period.startMs);
  const spent = sum(balances, (balance) => balance.posted + balance.estimated);
  const leased = sum(balances, (balance) => balance.leased);
  const resetsAtMs = Math.min(period.countsUntilMs, ...balances.map((balance) => balance.period.countsUntilMs));
  return {
    definition,
    spent,
    leased,
    room: definition.limit - spent - leased,
    resetsInMs: Math.max(0, resetsAtMs - nowMs),
    contended: balances.some((balance) => Math.abs(nowMs - balance.contendedAtMs) < contentionMs),
    exceeded: (size) => definition.limit - spent < size,
  };
}

/** The period of now; never one before the latest this account has seen, for a clock set back must not reopen it. */
async function currentPeriod(
  tables: LeaseTables,
  definition: BudgetDefinition,
  account: AccountKey,
  nowMs: number,
): Promise<Period> {
  const period = periodAt(definition.period, nowMs);
  const latest = await tables.latestPeriod(account);
  return latest && latest.startMs > period.startMs ? latest : period;
}

async function noteContention(tables: LeaseTables, refusals: readonly AskRefusal[], nowMs: number): Promise<void> {
  for (const { budget, instance, reason } of refusals) {
    const definition = reason === 'contended' ? await tables.definition(budget) : null;
    if (!definition) continue;
    const account = accountOf(definition, instance);
    const period = await currentPeriod(tables, definition, account, nowMs);
    const balance = (await tables.balance(account, period.startMs)) ?? newBalance(account, period);
    await tables.saveBalance({ ...balance, contendedAtMs: nowMs });
  }
}

/** Turns what overdue leases have left into estimated spent; it does not become available. @returns how many */
export async function expireOverdue(tables: LeaseTables, nowMs: number, limit: number): Promise<number> {
  const overdue = await tables.overdue(nowMs, limit);
  for (const lease of overdue) {
    await moveLease(tables, lease, { ...lease, state: 'expired' }, await balanceOf(tables, lease));
  }
  return overdue.length;
}

export type ReleaseResult =
  | { readonly ok: true; readonly lease: Lease; readonly released: bigint }
  | { readonly ok: false; readonly reason: 'not_found' }
  | { readonly ok: false; readonly reason: 'not_expired'; readonly lease: Lease };

/** Makes what an expired lease has left available again, on a person's word that its holder spent no more. */
export async function releaseLease(tables: LeaseTables, leaseId: string): Promise<ReleaseResult> {
  const lease = await tables.lease(leaseId);
  if (!lease) return { ok: false, reason: 'not_found' };
  if (lease.state !== 'expired') return { ok: false, reason: 'not_expired', lease };
  const released: Lease = { ...lease, state: 'released' };
  await moveLease(tables, lease, released, await balanceOf(tables, lease));
  return { ok: true, lease: released, released: remainderOf(lease) };
}

/** What a journal knows of one of its leases: everything posted, and holds left open at their full amount. */
export interface LeaseFinal {
  readonly leaseId: string;
  readonly budget: string;
  readonly instance: string;
  readonly spent: bigint;
  /** How much of it is open holds, which may have been settled by entries that are missing. */
  readonly open: bigint;
}

export interface TakeOverRequest {
  /** The journal whose owner is dead. */
  readonly holder: string;
  readonly finals: readonly LeaseFinal[];
  /** False when entries may be missing (a power cut): what a lease cannot account for is then spent. */
  readonly intact: boolean;
}

/** Ends all leases of a dead holder by what its journal says. Repeating it changes nothing. @returns the leases ended */
export async function takeOverLeases(
  tables: LeaseTables,
  request: TakeOverRequest,
  nowMs: number,
): Promise<readonly Lease[]> {
  const finals = new Map(request.finals.map((final) => [final.leaseId, final]));
  const ended: Lease[] = [];
  for (const lease of await tables.leasesOf(request.holder)) {
    const after = finalState(lease, finals.get(lease.id) ?? nothingKnown, request.intact);
    finals.delete(lease.id);
    await moveLease(tables, lease, after, await balanceOf(tables, lease));
    ended.push(after);
  }
  for (const final of finals.values()) await postUnknown(tables, request.holder, final, nowMs);
  await tables.endHolder(request.holder, nowMs);
  return ended;
}

const nothingKnown = { spent: 0n, open: 0n };

function finalState(lease: Lease, final: Pick<LeaseFinal, 'spent' | 'open'>, intact: boolean): Lease {
  const known = larger(final.spent, lease.spent);
  if (intact) return { ...lease, spent: known, state: 'closed' };
  // An open hold may have been settled since, but all that was ever held came from what was granted; a soft budget's
  // lease is granted nothing.
  const certain = lease.granted > 0n ? larger(final.spent - final.open, lease.spent) : known;
  const all = lease.state === 'released' ? 0n : lease.granted - lease.returned;
  return { ...lease, spent: larger(certain, all), state: 'closed' };
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** A lease the books never heard of (a soft budget's, not yet settled) is posted now. */
async function postUnknown(tables: LeaseTables, holder: string, final: LeaseFinal, nowMs: number): Promise<void> {
  if (await tables.lease(final.leaseId)) return;
  await openBySettlement(tables, holder, { ...final, sequence: 1, returned: 0n, close: true }, nowMs);
}

async function viewOf(tables: LeaseTables, leaseId: string, nowMs: number): Promise<LeaseView> {
  const lease = await tables.lease(leaseId);
  assert(lease, 'a lease that was touched is kept');
  const balance = await balanceOf(tables, lease);
  const definition = await tables.definition(lease.account.budget);
  const { budget, instance } = lease.account;
  const times = { expiresInMs: lease.expiresAtMs - nowMs };
  const view = { leaseId, budget, instance, state: lease.state, granted: lease.granted, ...times };
  // Without its budget, or under a changed rule, a lease has no future: it only settles.
  if (!definition || periodRule(definition.period) !== lease.account.rule) {
    return { ...view, periodEndsInMs: 0, limit: 0n, spent: 0n, room: 0n, contended: true };
  }
  const period = await currentPeriod(tables, definition, lease.account, nowMs);
  const standing = await standingOf(tables, definition, lease.account, period, nowMs);
  return {
    ...view,
    // A clock set back does not give a lease of the latest period more time than that period has.
    periodEndsInMs: lease.periodStartMs === period.startMs ? balance.period.endMs - nowMs : 0,
    limit: definition.limit,
    spent: standing.spent,
    room: standing.room,
    contended: standing.contended,
  };
}

async function balanceOf(tables: LeaseTables, lease: Lease, nowMs?: number): Promise<Balance> {
  const balance = await tables.balance(lease.account, lease.periodStartMs);
  if (balance) return balance;
  const definition = nowMs === undefined ? null : await tables.definition(lease.account.budget);
  assert(definition && nowMs !== undefined, 'a lease has a balance');
  return newBalance(lease.account, await currentPeriod(tables, definition, lease.account, nowMs));
}

/** The account of one instance of a budget under its present rule. */
export function accountOf(definition: BudgetDefinition, instance: string): AccountKey {
  return { budget: definition.name, instance, rule: periodRule(definition.period) };
}

function newLease(id: string, holder: string, account: AccountKey, period: Period, nowMs: number): Lease {
  const amounts = { granted: 0n, spent: 0n, returned: 0n, sequence: 0 };
  const times = { periodStartMs: period.startMs, expiresAtMs: nowMs + leaseTtlMs, openedAtMs: nowMs };
  return { id, holder, account, ...amounts, ...times, state: 'open' };
}

function newBalance(account: AccountKey, period: Period): Balance {
  return { account, period, posted: 0n, estimated: 0n, leased: 0n, contendedAtMs: 0 };
}

function refusal(ask: LeaseAsk, reason: Refusal['reason'], standing: Standing | null): AskRefusal {
  return {
    leaseId: ask.leaseId,
    budget: ask.budget,
    instance: ask.instance,
    unit: standing?.definition.unit ?? 'usd',
    reason,
    limit: standing?.definition.limit ?? 0n,
    spent: standing?.spent ?? 0n,
    leased: standing?.leased ?? 0n,
    resetsInMs: standing?.resetsInMs ?? 0,
  };
}

function sameAccount(lease: Lease, account: AccountKey, period: Period): boolean {
  return lease.account.rule === account.rule && lease.periodStartMs === period.startMs;
}

const ended = (lease: Lease): boolean => lease.state === 'closed' || lease.state === 'released';
const positive = (amount: bigint): bigint => (amount > 0n ? amount : 0n);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function sum(balances: readonly Balance[], amount: (balance: Balance) => bigint): bigint {
  return balances.reduce((total, balance) => total + amount(balance), 0n);
}
