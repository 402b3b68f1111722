/** What the journal costs a request: `npx tsx bench/journal.ts`. Prints a Markdown table. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { idSource, systemClock, systemRandom } from '../src/base/index.ts';
import { encodeEntry } from '../src/journal/entry-codec.ts';
import { openJournal, startShipper } from '../src/journal/index.ts';
import { caseAttempt } from '../test/cases/attempts.ts';
import { MemoryLedger } from '../test/cases/memory-ledger.ts';

const cpuMicros = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const row = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);

async function attemptsAtOnce(concurrent: number, total: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-journal-'));
  const log = (notice: { message: string }) => console.error(notice.message);
  const journal = await openJournal({ dir, ids: idSource(systemClock), log });
  const ledger = new MemoryLedger();
  const shipper = startShipper({ source: journal.source, ledger, clock: systemClock, random: systemRandom, log });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = cpuMicros();
  const startMs = performance.now();
  const lane = async (first: number) => {
    for (let n = first; n < total; n += concurrent) {
      const attempt = caseAttempt(`${n}`, { workflow: 'support', stage: 'answer', user: `u${n % 100}` });
      await journal.begin(attempt);
      void journal.end(attempt);
    }
  };
  await Promise.all(Array.from({ length: concurrent }, (_, first) => lane(first)));
  const seconds = (performance.now() - startMs) / 1_000;
  const micros = (cpuMicros() - cpu) / total;
  delay.disable();
  row(
    concurrent,
    Math.round(total / seconds),
    micros.toFixed(1),
    (delay.percentile(99) / 1e6).toFixed(2),
    (delay.max / 1e6).toFixed(1),
  );
  await journal.sync();
  await shipper.drain(30_000);
  await shipper.stop();
  await journal.close();
  rmSync(dir, { recursive: true });
}

function encoding(): void {
  const attempt = caseAttempt('1', { workflow: 'support', stage: 'answer', user: 'u1' });
  const count = 50_000;
  for (let n = 0; n < count; n++) encodeEntry('end', attempt);
  const cpu = cpuMicros();
  for (let n = 0; n < count; n++) encodeEntry('end', attempt);
  console.log(
    `\nencoding one entry: ${((cpuMicros() - cpu) / count).toFixed(2)} µs, ${encodeEntry('end', attempt).length} bytes`,
  );
}

console.log('begin + end of one attempt, both durable against kill −9, shipping included (to memory)\n');
row('attempts at once', 'attempts/s', 'CPU µs per attempt', 'event-loop delay p99 ms', 'max ms');
row('--:', '--:', '--:', '--:', '--:');
await attemptsAtOnce(32, 20_000);
for (const concurrent of [1, 8, 32, 128]) await attemptsAtOnce(concurrent, 30_000);
encoding();
