/**
 * What a look at alerts asks of a ledger: `npx tsx bench/alert-look.ts [file]`. Every kind with its defaults and twenty
 * budgets; the first look, those of the minutes after it, the first of the next hour and of the next day. Prints questions,
 * CPU of all threads and wall time. The file is one that bench/ledger.ts made; without it a million attempts are made.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/base/index.ts';
import { defaultConfig } from '../src/config/index.ts';
import { alertWatcher, type WatchedBudget, watchRules } from '../src/economics/index.ts';
import { openDuckDbLedger } from '../src/ledger/duckdb/index.ts';
import { picosPerUsd } from '../src/money/index.ts';
import type { BudgetDefinition } from '../src/tree/index.ts';
import { caseStartMs } from '../test/cases/attempts.ts';
import { makeMonth, monthMs } from './ledger/make-month.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const base: Omit<BudgetDefinition, 'name' | 'scope' | 'per'> = {
  ...{ unit: 'usd', limit: 100_000n * picosPerUsd, hard: false, failOpen: false, brake: [] },
  period: { kind: 'month', timeZone: 'UTC', rolling: false },
};

function budgetsAt(nowMs: number): WatchedBudget[] {
  const stages = ['classify', 'retrieve', 'answer'];
  const scopes = Array.from({ length: 17 }, (_, index) => ({
    scope: { workflow: [`workflow-${index % 5}`], stage: [stages[index % 3]] },
    per: [],
  }));
  const all = [
    { scope: {}, per: [] },
    ...scopes,
    { scope: {}, per: ['customer'] },
    { scope: {}, per: ['user'] },
  ] as const;
  return all.map(({ scope, per }, index) => ({
    definition: { ...base, name: `budget-${index}`, scope, per } as BudgetDefinition,
    period: { startMs: nowMs - 20 * dayMs, endMs: nowMs + 10 * dayMs },
  }));
}

const dir = mkdtempSync(join(tmpdir(), 'bench-alerts-'));
const file = process.argv[2] ?? join(dir, 'ledger.duckdb');
if (!existsSync(file)) {
  await (await openDuckDbLedger({ file, clock: systemClock })).close();
  await makeMonth(file, 1_000_000, caseStartMs);
}
const ledger = await openDuckDbLedger({ file, clock: systemClock });
let asked = 0;
const watch = alertWatcher({
  costs(query) {
    asked += 1;
    return ledger.costs(query);
  },
});
const rules = watchRules(defaultConfig({}));
const startMs = Math.floor((caseStartMs + monthMs - 2 * dayMs) / dayMs) * dayMs + 10 * hourMs + 20 * minuteMs;
const budgets = budgetsAt(startMs);

async function look(name: string, atMs: number): Promise<void> {
  asked = 0;
  const [wallMs, cpu] = [performance.now(), process.cpuUsage()];
  await watch({ rules, budgets, allowances: [], standings: [] }, atMs);
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `| ${name} | ${asked} | ${Math.round((user + system) / 1_000)} | ${Math.round(performance.now() - wallMs)} |`,
  );
}

console.log('| look | questions | CPU ms | wall ms |\n|---|--:|--:|--:|');
await look('the first', startMs);
for (let minute = 1; minute <= 5; minute++) await look(`${minute} min later`, startMs + minute * minuteMs);
await look('the next hour', startMs + hourMs);
await look('a minute later', startMs + hourMs + minuteMs);
await look('the next day', startMs + dayMs);
await ledger.close();
rmSync(dir, { recursive: true });
