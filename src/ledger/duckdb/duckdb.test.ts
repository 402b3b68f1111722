import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../../test/cases/attempts.ts';
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

test('a day that was summed hour by hour is kept as if summed at once', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ledger-'));
  const file = join(dir, 'ledger.duckdb');
  const ledger = await open(file);
  const startMs = Math.ceil(caseStartMs / 86_400_000) * 86_400_000;
  const hours = 26;
  for (let hour = 0; hour < hours; hour++) {
    const attempts = [0, 1, 2, 3].map((index) =>
      caseAttempt(`a${hour}_${index}`, { startedAtMs: startMs + hour * 3_600_000, user: `user-${index % 2}` }),
    );
    const sequence = hour * attempts.length;
    await ledger.append({
      journalId: 'j',
      afterSequence: sequence,
      lastSequence: sequence + attempts.length,
      attempts,
    });
  }
  const day = { fromMs: startMs, toMs: startMs + 86_400_000 };
  const { rows } = await ledger.costs({ range: day, by: ['user'], where: {}, timeZone: 'UTC' });
  expect(rows.map(({ attempts }) => attempts)).toEqual([48, 48]);
  await ledger.close();
  const count = async (table: string) => {
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    const read = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER FROM ${table} WHERE started_at >= ${day.fromMs} AND started_at < ${day.toMs}`,
    );
    connection.closeSync();
    instance.closeSync();
    return read.getRows()[0]?.[0];
  };
  expect([await count('daily_users'), await count('daily_customers'), await count('hourly')]).toEqual([2, 1, 24]);
  rmSync(dir, { recursive: true });
});
