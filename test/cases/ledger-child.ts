/** A process to be killed: appends batches of 500 attempts to the ledger in `dir` and prints each watermark it is given. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/base/index.ts';
import { openDuckDbLedger } from '../../src/ledger/duckdb/index.ts';
import { caseAttempt } from './attempts.ts';

const batchRows = 500;
const ledger = await openDuckDbLedger({ file: join(process.argv[2] ?? '', 'ledger.duckdb'), clock: systemClock });
for (let last = batchRows; ; last += batchRows) {
  const attempts = Array.from({ length: batchRows }, (_, index) => caseAttempt(`${last - index}`));
  writeSync(
    1,
    `${await ledger.append({ journalId: 'j', afterSequence: last - batchRows, lastSequence: last, attempts })}\n`,
  );
}
