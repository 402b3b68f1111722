import { describe, expect, test } from 'vitest';
import { type Random, seededRandom } from '../../base/index.ts';
import { defaultConfig } from '../../config/index.ts';
import type { CostAnswer, CostQuery } from '../../ledger/index.ts';
import { fromPicos, picosPerUsd } from '../../money/index.ts';
import type { BudgetDefinition } from '../../tree/index.ts';
import type { Finding } from './alert.ts';
import { windowsOf } from './burn-rate.ts';
import { type Alert, type AlertFeed, advance, alertWatcher, type WatchedBudget, watchRules } from './index.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const startMs = Date.UTC(2026, 2, 1);
const rules = (kind: string) => watchRules(defaultConfig({})).filter((rule) => rule.kind === kind);

interface Spending {
  readonly atMs: number;
  readonly user: string;
  readonly picos: bigint;
}

const definition: BudgetDefinition = {
  ...{ name: 'each', scope: {}, per: ['user'], unit: 'usd', limit: 1_000n * picosPerUsd, hard: false, failOpen: false },
  ...{ brake: [], period: { kind: 'month', timeZone: 'UTC', rolling: false } },
};
const month = { startMs, endMs: startMs + 31 * dayMs };

/** A feed of single spendings that notes what it was asked. */
function feedOf(spendings: readonly Spending[]) {
  const asked: CostQuery[] = [];
  const costs = async (query: CostQuery): Promise<CostAnswer> => {
    asked.push(query);
    const { fromMs, toMs } = query.range;
    const sums = new Map<string, bigint>();
    for (const { atMs, user, picos } of spendings) {
      if (atMs >= fromMs && atMs < toMs) sums.set(user, (sums.get(user) ?? 0n) + picos);
    }
    const row = (user: string | null, picos: bigint) => ({
      ...{ dimensions: user === null ? {} : { user }, cost: fromPicos(picos), runs: 0, interactions: 0, calls: 1 },
      ...{ attempts: 1, inputTokens: 0, cacheReadTokens: 0, outputTokens: 0 },
      ...{ unknownPriceAttempts: 0, estimatedAttempts: 0 },
    });
    const all = [...sums.values()].reduce((sum, picos) => sum + picos, 0n);
    const rows = query.by.includes('user') ? [...sums].map(([user, picos]) => row(user, picos)) : [row(null, all)];
    return { rows, total: row(null, all), rowsLeftOut: 0 };
  };
  return { feed: { costs } satisfies AlertFeed, asked };
}

/** Some users at their pace, now and then one that burns for minutes to days. */
function spendingsOf(random: Random): Spending[] {
  const bursts = Array.from({ length: 6 }, () => ({
    ...{ user: `user-${Math.floor(random.next() * 3)}`, fromMs: startMs + random.next() * 8 * dayMs },
    ...{ lengthMs: 5 * minuteMs * 900 ** random.next(), factor: 60 ** random.next() },
  }));
  return Array.from({ length: (8 * dayMs) / (4 * minuteMs) }, (_, index) => {
    const atMs = startMs + index * 4 * minuteMs;
    const user = `user-${Math.floor(random.next() * 3)}`;
    const burning = bursts.filter((one) => one.user === user && atMs >= one.fromMs && atMs < one.fromMs + one.lengthMs);
    const usd = burning.reduce((amount, { factor }) => amount * factor, 0.2 * random.next());
    return { atMs, user, picos: BigInt(Math.round(usd * Number(picosPerUsd))) };
  });
}

/** The rule as it is written, from single spendings. */
function burning(spendings: readonly Spending[], nowMs: number): string[] {
  const pace = Number(definition.limit) / (month.endMs - month.startMs);
  return ['user-0', 'user-1', 'user-2'].flatMap((user) => {
    const since = (fromMs: number) =>
      spendings.reduce(
        (sum, one) => (one.user === user && one.atMs >= fromMs && one.atMs < nowMs ? sum + Number(one.picos) : sum),
        0,
      );
    return windowsOf(month.endMs - month.startMs).flatMap(({ longMs, shortMs, burn, severity }) => {
      const [long, short] = [since(nowMs - longMs), since(nowMs - shortMs)];
      const rest = Number(definition.limit) - since(startMs);
      const exhausts = rest <= 0 || ((long / longMs) * (month.endMs - nowMs)) / rest > 1;
      const fires = Math.min(long / longMs, short / shortMs) / pace > burn && long >= Number(picosPerUsd);
      return fires && (severity === 'page' || exhausts) ? [`${user} ${longMs / hourMs} h`] : [];
    });
  });
}

const named = ({ subject }: Finding) => `${subject.user} ${subject.window}`;
const watched = (budget: Partial<WatchedBudget> = {}) => ({
  ...{ allowances: [], standings: [], budgets: [{ definition, period: month, ...budget }] },
});

describe('a look at budgets', () => {
  test.each([12, 13, 14])('tells of every window that burns and of no other (seed %i)', async (seed) => {
    const spendings = spendingsOf(seededRandom(seed));
    const watch = alertWatcher(feedOf(spendings).feed);
    let fired = 0;
    for (let nowMs = startMs + 10 * minuteMs; nowMs < startMs + 8 * dayMs; nowMs += 37 * minuteMs) {
      const findings = await watch({ ...watched(), rules: rules('burn-rate') }, nowMs);
      const expected = burning(spendings, nowMs);
      for (const { summary, subject } of findings) expect(summary).toContain(`budget each of user ${subject.user} `);
      expect(
        findings
          .filter((one) => one.fires)
          .map(named)
          .sort(),
      ).toEqual(expected.sort());
      fired += expected.length;
    }
    expect(fired).toBeGreaterThan(0);
  });

  test('asks of the past once an hour, and every minute of the last two hours only', async () => {
    const { feed, asked } = feedOf(spendingsOf(seededRandom(1)));
    const watch = alertWatcher(feed);
    const all = { ...watched(), rules: watchRules(defaultConfig({})) };
    const nowMs = startMs + 7 * dayMs + 10 * hourMs + 3 * minuteMs;
    await watch(all, nowMs);
    const first = asked.splice(0);
    expect(Math.min(...first.map(({ range }) => range.fromMs))).toBeLessThan(nowMs - 28 * dayMs);
    await watch(all, nowMs + minuteMs);
    expect(asked.length).toBeLessThanOrEqual(all.rules.length);
    for (const { range } of asked) expect(range.fromMs).toBeGreaterThanOrEqual(nowMs - 2 * hourMs);
    asked.splice(0);
    await watch(all, nowMs + hourMs);
    expect(asked.length).toBeGreaterThan(all.rules.length);
    expect(asked.length).toBeLessThan(first.length / 2);
  });
});

test('levels of a rolling budget are told when they are passed, and when that is over', async () => {
  const rolling = { ...definition, per: [], period: { kind: 'day', timeZone: 'UTC', rolling: true } } as const;
  /** Nothing, then 42 USD an hour for 22 hours, then nothing: 924 of 1,000 in any day that holds it. */
  const spendings = Array.from({ length: 22 }, (_, hour) => ({
    ...{ atMs: startMs + (24 + hour) * hourMs + 1, user: 'u', picos: 42n * picosPerUsd },
  }));
  const watch = alertWatcher(feedOf(spendings).feed);
  let known: Alert[] = [];
  const told: string[] = [];
  for (let nowMs = startMs + 20 * hourMs; nowMs < startMs + 4 * dayMs; nowMs += 5 * minuteMs) {
    const period = { startMs: nowMs - dayMs / 2, endMs: nowMs + dayMs / 2 };
    const settings = watched({ definition: rolling, period, countedFromMs: nowMs - dayMs });
    const findings = await watch({ ...settings, rules: rules('threshold') }, nowMs);
    const step = advance(known, findings, nowMs, () => `alert-${nowMs}`);
    known = [...new Map([...known, ...step.changed].map((alert) => [alert.key, alert])).values()];
    told.push(...step.tell.map(({ alert, change }) => `${alert.subject.level} ${change}`));
  }
  expect(told).toEqual(['50 % fired', '80 % fired', '80 % resolved', '50 % resolved']);
});
