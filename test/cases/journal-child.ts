/**
 * A process to be killed: `write` begins and ends attempts and prints each id once its start is safe, `hold` does so with money held; `take` takes over
 * and kills itself just before or just after its first batch took effect.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { idSource, systemClock, systemRandom } from '../../src/base/index.ts';
import { openJournal, takeOverJournals } from '../../src/journal/index.ts';
import { openDuckDbLedger } from '../../src/ledger/duckdb/index.ts';
import { caseAttempt } from './attempts.ts';

const [, , mode, dir = '', when] = process.argv;
const die = () => process.kill(process.pid, 'SIGKILL');
const log = () => {};

async function write(): Promise<void> {
  const journal = await openJournal({ dir, ids: idSource(systemClock), log, syncIntervalMs: 2, logBytesMax: 200_000 });
  for (let n = 0; ; n++) {
    await Promise.all([0, 1, 2].map((k) => journal.begin(caseAttempt(`${n}-${k}`))));
    writeSync(1, `${n}\n`);
    void journal.end(caseAttempt(`${n}-0`));
    void journal.end(caseAttempt(`${n}-1`));
  }
}

/** Every attempt holds money; the first of each three is posted for a third of it. */
async function hold(): Promise<void> {
  const journal = await openJournal({ dir, ids: idSource(systemClock), log, syncIntervalMs: 2 });
  const shares = (amount: bigint) => [{ leaseId: 'l1', budget: 'company', instance: '', amount }];
  for (let n = 0; ; n++) {
    const ids = [0, 1, 2].map((k) => `${n}-${k}`);
    await Promise.all(
      ids.map((holdId) => journal.begin(caseAttempt(holdId), { kind: 'hold', holdId, shares: shares(30n) })),
    );
    const holdId = `${n}-0`;
    await journal.end(caseAttempt(holdId), { kind: 'post', holdId, shares: shares(10n), estimated: false });
    writeSync(1, `${n}\n`);
  }
}

async function take(): Promise<void> {
  const ledger = await openDuckDbLedger({ file: join(dir, 'ledger.duckdb'), clock: systemClock });
  const port: Parameters<typeof takeOverJournals>[0]['ledger'] = {
    watermark: (id) => ledger.watermark(id),
    async append(batch) {
      if (when === 'before') die();
      const watermark = await ledger.append(batch);
      die();
      return watermark;
    },
  };
  const taken = await takeOverJournals({ dir, ledger: port, clock: systemClock, random: systemRandom, log });
  if (when === 'booked') die();
  await taken.done;
}

await (mode === 'write' ? write() : mode === 'hold' ? hold() : take());
