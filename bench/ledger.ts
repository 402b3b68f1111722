/**
 * What the ledger takes and how fast it answers: `npx tsx bench/ledger.ts [attempts, 1,000,000] [file]`. Prints Markdown
 * tables. The month of attempts is made inside the engine; what follows is appended and asked through the ledger itself.
 * A file that is named is kept, and used again when it is there. CPU is of all threads: it depends least on what else runs.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/base/index.ts';
import { openDuckDbLedger } from '../src/ledger/duckdb/index.ts';
import type { Ledger } from '../src/ledger/index.ts';
import { caseAttempt, caseStartMs } from '../test/cases/attempts.ts';
import { makeMonth, monthMs } from './ledger/make-month.ts';
import { type BenchQuestion, benchQuestions } from './ledger/questions.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const batchRows = 2_000;
const appendedRows = 40_000;
const repeats = Number(process.env.BENCH_REPEATS ?? 15);
const row = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);
const endMs = caseStartMs + monthMs;

function quantile(times: readonly number[], share: number): string {
  const sorted = [...times].sort((a, b) => a - b);
  return (sorted[Math.ceil((sorted.length - 1) * share)] ?? 0).toFixed(1);
}

async function time({ place, name, ask }: BenchQuestion): Promise<void> {
  const times: number[] = [];
  const cpuTimes: number[] = [];
  await ask();
  for (let n = 0; n < repeats; n++) {
    const startMs = performance.now();
    const before = process.cpuUsage();
    await ask();
    times.push(performance.now() - startMs);
    const { user, system } = process.cpuUsage(before);
    cpuTimes.push((user + system) / 1_000);
  }
  row(place, name, quantile(cpuTimes, 0.5), quantile(times, 0.5), quantile(times, 0.95));
}

/** Appends what follows the month, as a gateway ships it. */
async function append(ledger: Ledger, watch: { readonly run: string }): Promise<void> {
  const times: number[] = [];
  const done = await ledger.watermark('j');
  for (let first = done; first < done + appendedRows; first += batchRows) {
    const attempts = Array.from({ length: batchRows }, (_, index) => {
      const at = first + index;
      return caseAttempt(`new${at}`, {
        run: at % appendedRows === 5 ? watch.run : `run_new${Math.floor(at / 3)}`,
        workflow: `workflow-${at % 5}`,
        stage: 'answer',
        session: `session_new${Math.floor(at / 9)}`,
        interaction: `int_new${Math.floor(at / 3)}`,
        user: `user-${at % 1_000}`,
        startedAtMs: endMs + at * 80,
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

const dir = mkdtempSync(join(tmpdir(), 'bench-ledger-'));
const file = process.argv[3] ?? join(dir, 'ledger.duckdb');
let startMs = performance.now();
if (!existsSync(file)) {
  await (await openDuckDbLedger({ file, clock: systemClock })).close();
  await makeMonth(file, rows, caseStartMs);
  console.log(`${rows} attempts made in ${Math.round((performance.now() - startMs) / 1_000)} s`);
}
startMs = performance.now();
const ledger = await openDuckDbLedger({ file, clock: systemClock });
console.log(`opened and summed in ${Math.round((performance.now() - startMs) / 1_000)} s`);
const watch = { run: 'run_watched' };
await append(ledger, watch);
const { sums } = await ledger.size();
console.log(`file: ${Math.round(statSync(file).size / 1e6)} MB, ${sums} rows of sums`);
const questions = benchQuestions(ledger, endMs, watch);
for (const kind of ['ledger', 'screen'] as const) {
  console.log(`\n${kind === 'ledger' ? 'one question' : 'all an endpoint asks'}, ${rows} attempts\n`);
  row('place', 'what', 'CPU ms', 'p50 ms', 'p95 ms');
  row('---', '---', '--:', '--:', '--:');
  for (const question of questions) if (question.kind === kind) await time(question);
}
await ledger.close();
rmSync(dir, { recursive: true });
