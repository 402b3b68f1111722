import { type Balance, type BudgetRecord, foreverMs, periodAt, periodRule } from '../books/index.ts';
import type { ApiPorts, HeldMoney } from './ports.ts';

/** How one instance of a budget stands. posted + estimated + held + leasedIdle + available = limit, exactly. */
export interface Standing {
  readonly instance: string;
  readonly posted: bigint;
  /** What expired leases may have spent. */
  readonly estimated: bigint;
  /** Set aside for calls in flight. */
  readonly held: bigint;
  /** With gateways and not held; it returns within seconds when others need it. */
  readonly leasedIdle: bigint;
  /** Negative when overdrawn, or when the limit was lowered. */
  readonly available: bigint;
  /** When what counts now starts anew, ms since the epoch; null when it never does, or bit by bit. */
  readonly resetsAtMs: number | null;
}

export interface BudgetStanding {
  readonly record: BudgetRecord;
  /** The fullest first. */
  readonly instances: readonly Standing[];
}

/** Balances read for one answer; what is beyond is left out, and said. */
export const balancesReadMax = 20_000;
const balancesPerPage = 5_000;

export interface Standings {
  readonly budgets: readonly BudgetStanding[];
  /** True when there were more instances than are read for one answer. */
  readonly partial: boolean;
}

/** How budgets stand now: all in force, or the one named. */
export async function readStandings(ports: BudgetPorts, name?: string): Promise<Standings> {
  const nowMs = ports.clock.nowMs();
  const records = name === undefined ? await ports.books.budgets.list() : await one(ports, name);
  const balances = await readBalances(ports, nowMs, name);
  const held = heldByInstance(await ports.heldMoney());
  const byBudget = groupBy(balances, (balance) => balance.account.budget);
  const budgets = records.map((record) => {
    return { record, instances: instancesOf(record, byBudget.get(record.definition.name) ?? [], held, nowMs) };
  });
  return { budgets, partial: balances.length >= balancesReadMax };
}

export type BudgetPorts = Pick<ApiPorts, 'books' | 'clock' | 'heldMoney'>;

async function one({ books }: BudgetPorts, name: string): Promise<readonly BudgetRecord[]> {
  const record = await books.budgets.get(name);
  return record === null || record.removedAtMs !== null ? [] : [record];
}

async function readBalances({ books }: BudgetPorts, countingAtMs: number, budget?: string): Promise<Balance[]> {
  const read: Balance[] = [];
  while (read.length < balancesReadMax) {
    const last = read.at(-1);
    const page = await books.budgets.balances({
      countingAtMs,
      limit: balancesPerPage,
      ...(budget === undefined ? {} : { budget }),
      ...(last === undefined ? {} : { after: { account: last.account, periodStartMs: last.period.startMs } }),
    });
    read.push(...page);
    if (page.length < balancesPerPage) break;
  }
  return read;
}

const instanceKey = (budget: string, instance: string) => `${budget}\u0000${instance}`;

function heldByInstance(rows: readonly HeldMoney[]): ReadonlyMap<string, bigint> {
  const held = new Map<string, bigint>();
  for (const row of rows) {
    const key = instanceKey(row.budget, row.instance);
    held.set(key, (held.get(key) ?? 0n) + row.held);
  }
  return held;
}

function instancesOf(
  { definition }: BudgetRecord,
  balances: readonly Balance[],
  held: ReadonlyMap<string, bigint>,
  nowMs: number,
): Standing[] {
  const rule = periodRule(definition.period);
  const counting = balances.filter((balance) => balance.account.rule === rule);
  const byInstance = groupBy(counting, (balance) => balance.account.instance);
  // A budget without `per` has one instance, also before anything was spent.
  if (definition.per.length === 0 && !byInstance.has('')) byInstance.set('', []);
  const end = periodAt(definition.period, nowMs).endMs;
  const resetsAtMs = definition.period.rolling || end === foreverMs ? null : end;
  const standings = [...byInstance].map(([instance, own]) => {
    const heldHere = held.get(instanceKey(definition.name, instance)) ?? 0n;
    return standingOf(definition.limit, instance, own, heldHere, resetsAtMs);
  });
  return standings.sort((a, b) => (a.available < b.available ? -1 : a.available > b.available ? 1 : 0));
}

function standingOf(
  limit: bigint,
  instance: string,
  balances: readonly Balance[],
  heldByCalls: bigint,
  resetsAtMs: number | null,
): Standing {
  const sum = (read: (balance: Balance) => bigint) => balances.reduce((total, balance) => total + read(balance), 0n);
  const [posted, estimated, leased] = [sum((b) => b.posted), sum((b) => b.estimated), sum((b) => b.leased)];
  // Gateways and books are asked one after the other; a hold younger than the books' answer is not shown yet.
  const held = heldByCalls < leased ? heldByCalls : leased;
  const available = limit - posted - estimated - leased;
  return { instance, posted, estimated, held, leasedIdle: leased - held, available, resetsAtMs };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const own = groups.get(keyOf(item));
    if (own) own.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
