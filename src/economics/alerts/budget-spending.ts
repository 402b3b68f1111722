import type { CostQuery, CostRow, Dimension } from '../../ledger/index.ts';
import type { AmountUnit, BudgetDefinition } from '../../tree/index.ts';
import { hourMs } from './baseline.ts';
import type { Look } from './look.ts';

const instancesMax = 50;
const rowsMax = 2_000;

/** What was spent of an instance of a budget, in its unit; money in picodollars. */
export interface Spent {
  /** Its values of what the budget is counted `per`. */
  readonly instance: Readonly<Record<string, string>>;
  readonly amount: bigint;
}

/** Amounts by instance. */
type Amounts = ReadonlyMap<string, Spent>;

const amounts: Readonly<Record<AmountUnit, (row: CostRow) => bigint>> = {
  usd: (row) => row.cost.picos,
  tokens: (row) => BigInt(row.inputTokens + row.outputTokens),
  requests: (row) => BigInt(row.calls),
  interactions: (row) => BigInt(row.interactions),
};

/**
 * What a budget's instances spent, asked so that a look reads an hour or two: what is settled is asked for once an hour.
 * What comes later than that for a settled hour is seen within the hour.
 */
export class BudgetSpending {
  readonly #look: Look;
  readonly #where: CostQuery['where'];
  readonly #by: readonly Dimension[];
  readonly #amountOf: (row: CostRow) => bigint;
  /** By what was asked, since every instance is looked at in every window. */
  readonly #known = new Map<string, Promise<Amounts>>();

  constructor(look: Look, { per, unit }: BudgetDefinition, where: CostQuery['where']) {
    this.#look = look;
    this.#where = where;
    this.#by = per as readonly string[] as Dimension[];
    this.#amountOf = amounts[unit];
  }

  /** The dearest instances since a time, dearest first. */
  async since(fromMs: number): Promise<readonly Spent[]> {
    const spent = [...(await this.#amountsSince(fromMs)).values()];
    return spent.sort((a, b) => (a.amount < b.amount ? 1 : -1)).slice(0, instancesMax);
  }

  /** What an instance spent in the window that ends now. */
  async within(windowMs: number, { instance }: Spent): Promise<bigint> {
    const { nowMs } = this.#look;
    return amountOf(await this.#recent(nowMs - windowMs), instance);
  }

  /** As much as `within` at least, and rarely a question of its own: most windows need not be looked at further. */
  async atMostWithin(windowMs: number, { instance }: Spent): Promise<bigint> {
    const fromMs = Math.floor((this.#look.nowMs - windowMs) / hourMs) * hourMs;
    return amountOf(await this.#amountsSince(Math.min(fromMs, this.#look.settledMs)), instance);
  }

  #amountsSince(fromMs: number): Promise<Amounts> {
    if (fromMs >= this.#look.settledMs) return this.#recent(fromMs);
    return this.#once(`since ${fromMs}`, () => this.#readSince(fromMs));
  }

  async #readSince(fromMs: number): Promise<Amounts> {
    const { settledMs } = this.#look;
    const range = { fromMs, toMs: settledMs };
    const settled = await this.#look.hourly({ range, by: this.#by, where: this.#where, limit: rowsMax });
    return sumOf([...this.#spentOf(settled.rows), ...(await this.#recent(settledMs)).values()]);
  }

  #recent(fromMs: number): Promise<Amounts> {
    const range = { fromMs, toMs: this.#look.nowMs };
    const read = async () => sumOf(this.#spentOf(await this.#look.recent(range, this.#by, this.#where)));
    return this.#once(`recent ${fromMs}`, read);
  }

  #once(key: string, read: () => Promise<Amounts>): Promise<Amounts> {
    const known = this.#known.get(key) ?? read();
    this.#known.set(key, known);
    return known;
  }

  #spentOf(rows: readonly CostRow[]): Spent[] {
    return rows.map((row) => ({ instance: named(row), amount: this.#amountOf(row) }));
  }
}

const named = ({ dimensions }: CostRow): Record<string, string> =>
  Object.fromEntries(Object.entries(dimensions).map(([name, value]) => [name, value ?? '']));
const keyOf = (instance: Spent['instance']): string => JSON.stringify(instance);
const amountOf = (all: Amounts, instance: Spent['instance']): bigint => all.get(keyOf(instance))?.amount ?? 0n;

function sumOf(all: readonly Spent[]): Amounts {
  const sums = new Map<string, Spent>();
  for (const { instance, amount } of all) {
    const key = keyOf(instance);
    sums.set(key, { instance, amount: amount + (sums.get(key)?.amount ?? 0n) });
  }
  return sums;
}
