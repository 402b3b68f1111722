/** What the ledger takes and how fast it answers: `npx tsx bench/ledger.ts [rows, 1,000,000]`. Prints Markdown tables. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, systemClock } from '../src/base/index.ts';
import { openDuckDbLedger } from '../src/ledger/duckdb/index.ts';
import type { CostQuery, Ledger } from '../src/ledger/index.ts';
import { caseAttempt, caseStartMs } from '../test/cases/attempts.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const batchRows = 2_000;
const monthMs = 30 * 86_400_000;
const random = seededRandom(1);
const pick = (count: number) => Math.floor(random.next() * count);
const row = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);

function attemptAt(index: number) {
  const run = Math.floor(index / 3);
  return caseAttempt(`${index}`, {
    run: `run_${run}`,
    interaction: `int_${Math.floor(run / 2)}`,
    workflow: `workflow-${run % 5}`,
    stage: ['classify', 'retrieve', 'answer'][index % 3] ?? 'answer',
    user: `user-${pick(10_000)}`,
    customer: `customer-${pick(200)}`,
    team: `team-${run % 4}`,
    reason: index % 20 === 0 ? 'retry' : 'first',
    startedAtMs: caseStartMs + Math.floor((index / rows) * monthMs),
    usage: { input: 200 + pick(4_000), cacheRead: pick(1_000), output: pick(800) },
  });
}

async function fill(ledger: Ledger): Promise<void> {
  const times: number[] = [];
  for (let first = 0; first < rows; first += batchRows) {
    const attempts = Array.from({ length: Math.min(batchRows, rows - first) }, (_, index) => attemptAt(first + index));
    const startMs = performance.now();
    await ledger.append({ journalId: 'j', afterSequence: first, lastSequence: first + attempts.length, attempts });
    times.push(performance.now() - startMs);
  }
  const seconds = times.reduce((sum, ms) => sum + ms, 0) / 1_000;
  console.log(
    `append: ${Math.round(rows / seconds)} rows/s in batches of ${batchRows}, p50 ${quantile(times, 0.5)} ms, p99 ${quantile(times, 0.99)} ms`,
  );
}

function quantile(times: readonly number[], share: number): string {
  const sorted = [...times].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
}

async function time(name: string, ask: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  await ask();
  for (let n = 0; n < 15; n++) {
    const startMs = performance.now();
    await ask();
    times.push(performance.now() - startMs);
  }
  row(name, quantile(times, 0.5), quantile(times, 0.95));
}

const month = { fromMs: caseStartMs, toMs: caseStartMs + monthMs };
const lastDay = { fromMs: month.toMs - 86_400_000, toMs: month.toMs };
const costs = (by: CostQuery['by'], range = month, where: CostQuery['where'] = {}) => ({ range, by, where });
const dir = mkdtempSync(join(tmpdir(), 'bench-ledger-'));
const file = join(dir, 'ledger.duckdb');
const ledger = await openDuckDbLedger({ file, clock: systemClock });
await fill(ledger);
console.log(`file: ${Math.round(statSync(file).size / 1e6)} MB for ${rows} attempts\n`);
row('question', 'p50 ms', 'p95 ms');
row('---', '--:', '--:');
await time('costs of the month, total', () => ledger.costs(costs([])));
await time('costs of the month by team and stage', () => ledger.costs(costs(['team', 'stage'])));
await time('costs of the month by day', () => ledger.costs(costs(['day'])));
await time('costs of the month by user (10,000)', () => ledger.costs(costs(['user'])));
await time('costs of the month by line', () => ledger.costs(costs(['line'])));
await time('costs of the last day by hour', () => ledger.costs(costs(['hour'], lastDay)));
await time('costs of one customer by day', () => ledger.costs(costs(['day'], month, { customer: ['customer-7'] })));
await time('tree of a workflow, the month', () => ledger.workflow('workflow-1', month));
await time('tree of a workflow with 50 calls, last day', () =>
  ledger.workflow('workflow-1', lastDay, { stage: 'answer', limit: 50 }),
);
await time('all workflows, last day', () => ledger.workflows(lastDay));
await time('one call', () => ledger.call(`call_${Math.floor(rows / 2)}`));
await time('one run', () => ledger.run(`run_${Math.floor(rows / 6)}`));
await ledger.close();
rmSync(dir, { recursive: true });
