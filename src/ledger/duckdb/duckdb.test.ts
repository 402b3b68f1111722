import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../base/index.ts';
import { ledgerContract } from '../ledger.contract.ts';
import { openDuckDbLedger } from './index.ts';

const open = (file: string) => openDuckDbLedger({ file, clock: systemClock, lockWaitMs: 0 });

ledgerContract('DuckDB in process', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ledger-'));
  const ledger = await open(join(dir, 'ledger.duckdb'));
  return {
    ledger,
    async close() {
      await ledger.close();
      rmSync(dir, { recursive: true });
    },
  };
});

test('a file is open once in a process, and again after it was closed', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ledger-'));
  const file = join(dir, 'ledger.duckdb');
  const first = await open(file);
  await expect(open(file)).rejects.toMatchObject({ code: 'LEDGER_LOCKED' });
  await expect(open(join(dir, '..', dir.split('/').pop()!, 'ledger.duckdb'))).rejects.toMatchObject({
    code: 'LEDGER_LOCKED',
  });
  await first.close();
  await (await open(file)).close();
  rmSync(dir, { recursive: true });
});
