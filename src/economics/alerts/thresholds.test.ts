import { expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { defaultConfig } from '../../config/index.ts';
import type { CostQuery } from '../../ledger/index.ts';
import { fromPicos, picosPerUsd } from '../../money/index.ts';
import type { BudgetDefinition } from '../../tree/index.ts';
import { type Alert, type AlertFeed, advance, alertWatcher, watchRules } from './index.ts';

const startMs = Date.UTC(2026, 2, 1);
const lookMs = 10 * 60_000;
const months = [Date.UTC(2026, 2, 1), Date.UTC(2026, 3, 1), Date.UTC(2026, 4, 1)];
const rules = watchRules(defaultConfig({})).filter(({ kind }) => kind === 'threshold');
const definition: BudgetDefinition = {
  ...{ name: 'company', scope: {}, per: [], unit: 'usd', limit: 1_000n * picosPerUsd, hard: false, failOpen: false },
  ...{ brake: [], period: { kind: 'month', timeZone: 'UTC', rolling: false } },
};

interface Spending {
  readonly atMs: number;
  readonly picos: bigint;
}

/** Two months of spending as it falls, now calm, now steep; some months pass no threshold and some all. */
function spendings(seed: number): Spending[] {
  const random = seededRandom(seed);
  const steep = [random.next() * 2.2, random.next() * 2.2];
  return Array.from({ length: (61 * 24 * 60) / 7 }, (_, index) => {
    const atMs = startMs + index * 7 * 60_000 + Math.floor(random.next() * 60_000);
    const pace = (1_000 / ((31 * 24 * 60) / 7)) * (steep[atMs < (months[1] ?? 0) ? 0 : 1] ?? 0);
    return { atMs, picos: BigInt(Math.round(pace * 2 * random.next() * Number(picosPerUsd))) };
  });
}

/** When each level of each month was really passed: its first look at or after that moment. */
function truth(spent: readonly Spending[]): string[] {
  return months.slice(0, 2).flatMap((fromMs, index) => {
    const own = spent.filter(({ atMs }) => atMs >= fromMs && atMs < (months[index + 1] ?? 0));
    return [0.5, 0.8, 1].flatMap((level) => {
      let sum = 0n;
      const passed = own.find(({ picos }) => {
        sum += picos;
        return sum >= (definition.limit * BigInt(level * 10)) / 10n;
      });
      const seenMs = passed ? Math.ceil((passed.atMs + 1) / lookMs) * lookMs : Number.POSITIVE_INFINITY;
      return seenMs < (months[index + 1] ?? 0) ? [`${level * 100} % at ${new Date(seenMs).toISOString()}`] : [];
    });
  });
}

async function told(spent: readonly Spending[]): Promise<string[]> {
  const sumOf = ({ fromMs, toMs }: CostQuery['range']) =>
    spent.reduce((sum, { atMs, picos }) => (atMs >= fromMs && atMs < toMs ? sum + picos : sum), 0n);
  const feed = {
    costs: async ({ range }: CostQuery) => {
      const row = { dimensions: {}, cost: fromPicos(sumOf(range)), calls: 1, inputTokens: 0, outputTokens: 0 };
      return { rows: [row], total: row, rowsLeftOut: 0 };
    },
  } as unknown as AlertFeed;
  const watch = alertWatcher(feed);
  let known: Alert[] = [];
  const fired: string[] = [];
  for (let nowMs = startMs + lookMs; nowMs < (months[2] ?? 0); nowMs += lookMs) {
    const month = months.findLastIndex((atMs) => atMs < nowMs);
    const period = { startMs: months[month] ?? 0, endMs: months[month + 1] ?? 0 };
    const settings = { rules, budgets: [{ definition, period }], allowances: [], standings: [] };
    const step = advance(known, await watch(settings, nowMs), nowMs, () => `alert-${nowMs}-${fired.length}`);
    known = [...new Map([...known, ...step.changed].map((alert) => [alert.key, alert])).values()];
    for (const { alert, change } of step.tell) {
      if (change === 'fired') fired.push(`${alert.subject.level} at ${new Date(nowMs).toISOString()}`);
    }
  }
  return fired;
}

test.each([1, 2, 3])(
  'each level of each month is told once, at the first look after it was passed, and nothing else (seed %i)',
  async (seed) => {
    const spent = spendings(seed);
    expect(await told(spent)).toEqual(truth(spent));
  },
  60_000,
);

test('the seeds try months that pass none, some and all of the levels', () => {
  const counts = [1, 2, 3].map((seed) => truth(spendings(seed)).length);
  expect(Math.max(...counts)).toBeGreaterThan(3);
  expect(Math.min(...counts)).toBeLessThan(6);
});
