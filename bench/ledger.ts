/**
 * What the ledger takes and how fast it answers: `npx tsx bench/ledger.ts [attempts, 1,000,000]`. Prints Markdown tables.
 * The month of attempts is made inside the engine; what follows is appended and asked through the ledger itself.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/base/index.ts';
import { openDuckDbLedger } from '../src/ledger/duckdb/index.ts';
import type { CostQuery, Ledger } from '../src/ledger/index.ts';
import { caseAttempt, caseStartMs } from '../test/cases/attempts.ts';
import { makeMonth, monthMs } from './ledger/make-month.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const batchRows = 2_000;
const appendedRows = 40_000;
const repeats = 15;
const row = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);
const month = { fromMs: caseStartMs, toMs: caseStartMs + monthMs };

function quantile(times: readonly number[], share: number): string {
  const sorted = [...times].sort((a, b) => a - b);
  return (sorted[Math.ceil((sorted.length - 1) * share)] ?? 0).toFixed(1);
}

async function time(name: string, ask: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  await ask();
  for (let n = 0; n < repeats; n++) {
    const startMs = performance.now();
    await ask();
    times.push(performance.now() - startMs);
  }
  row(name, quantile(times, 0.5), quantile(times, 0.95));
}

/** Appends what follows the month, as a gateway ships it. */
async function append(ledger: Ledger, watch: { readonly run: string }): Promise<void> {
  const times: number[] = [];
  for (let first = 0; first < appendedRows; first += batchRows) {
    const attempts = Array.from({ length: batchRows }, (_, index) => {
      const at = first + index;
      return caseAttempt(`new${at}`, {
        run: at === 5 ? watch.run : `run_new${Math.floor(at / 3)}`,
        workflow: `workflow-${at % 5}`,
        stage: 'answer',
        user: `user-${at % 1_000}`,
        startedAtMs: month.toMs + at * 80,
      });
    });
    const startMs = performance.now();
    await ledger.append({ journalId: 'j', afterSequence: first, lastSequence: first + batchRows, attempts });
    times.push(performance.now() - startMs);
  }
  const seconds = times.reduce((sum, ms) => sum + ms, 0) / 1_000;
  console.log(
    `append: ${Math.round(appendedRows / seconds)} rows/s in batches of ${batchRows}, p50 ${quantile(times, 0.5)} ms, p95 ${quantile(times, 0.95)} ms`,
  );
}

const day = 86_400_000;
const lastDay = { fromMs: month.toMs - day + 1_234_567, toMs: month.toMs + 1_234_567 };
const costs = (by: CostQuery['by'], range = month, where: CostQuery['where'] = {}, timeZone = 'Europe/Berlin') => ({
  range,
  by,
  where,
  timeZone,
});

async function askScreens(ledger: Ledger): Promise<void> {
  await time('costs of the month, total', () => ledger.costs(costs([])));
  await time('costs of the month by team and stage', () => ledger.costs(costs(['team', 'stage'])));
  await time('costs of the month by day, another time zone', () => ledger.costs(costs(['day'])));
  await time('costs of the month by day and workflow', () => ledger.costs(costs(['day', 'workflow'])));
  await time('costs of the month by provider and model', () => ledger.costs(costs(['provider', 'model'])));
  await time('costs of the month by failure, reason and layer', () =>
    ledger.costs(costs(['failure', 'reason', 'layer'])),
  );
  await time('costs of the month by release and prompt version', () =>
    ledger.costs(costs(['release', 'promptVersion'])),
  );
  await time('costs of the month by line', () => ledger.costs(costs(['line'])));
  await time('costs of the month by bucket and model', () => ledger.costs(costs(['bucket', 'model'])));
  await time('costs of the month by customer (200)', () => ledger.costs(costs(['customer'])));
  await time('costs of the month by user (10,000)', () => ledger.costs(costs(['user'])));
  await time('costs of one customer by day', () => ledger.costs(costs(['day'], month, { customer: ['customer-7'] })));
  await time('costs of one user by day', () => ledger.costs(costs(['day'], month, { user: ['user-7'] })));
  await time('costs of the last day by hour', () => ledger.costs(costs(['hour'], lastDay)));
  await time('costs of the last day by minute', () => ledger.costs(costs(['minute'], lastDay)));
  await time('tree of a workflow, the month', () => ledger.workflow('workflow-1', month));
  await time('tree of a workflow with 50 calls, the month', () =>
    ledger.workflow('workflow-1', month, { stage: 'answer', limit: 50 }),
  );
  await time('all workflows, the month', () => ledger.workflows(month));
  await time('all workflows, the last day', () => ledger.workflows(lastDay));
}

async function askSingle(ledger: Ledger, watch: { readonly run: string }): Promise<void> {
  await time('one call', () => ledger.call('call_new7'));
  await time('one run', () => ledger.run(watch.run));
  let outcomes = 0;
  await time('recording an outcome', () =>
    ledger.recordOutcome({
      ...{ id: `o-new-${outcomes++}`, run: watch.run, outcome: 'success', value: null, humanMinutes: 1 },
      ...{ role: null, csat: null, atMs: month.toMs, recordedAtMs: month.toMs },
    }),
  );
}

async function askWithoutSums(ledger: Ledger): Promise<void> {
  await time('costs of the month by session (single attempts)', () => ledger.costs(costs(['session'])));
  await time('costs of the month by day in Kolkata (single attempts)', () =>
    ledger.costs(costs(['day'], month, {}, 'Asia/Kolkata')),
  );
}

const dir = mkdtempSync(join(tmpdir(), 'bench-ledger-'));
const file = join(dir, 'ledger.duckdb');
await (await openDuckDbLedger({ file, clock: systemClock })).close();
let startMs = performance.now();
await makeMonth(file, rows, caseStartMs);
console.log(`${rows} attempts made in ${Math.round((performance.now() - startMs) / 1_000)} s`);
startMs = performance.now();
const ledger = await openDuckDbLedger({ file, clock: systemClock });
console.log(`opened and summed in ${Math.round((performance.now() - startMs) / 1_000)} s`);
const watch = { run: 'run_watched' };
await append(ledger, watch);
console.log(`file: ${Math.round(statSync(file).size / 1e6)} MB\n`);
row('question', 'p50 ms', 'p95 ms');
row('---', '--:', '--:');
await askScreens(ledger);
await askSingle(ledger, watch);
await askWithoutSums(ledger);
await ledger.close();
rmSync(dir, { recursive: true });
