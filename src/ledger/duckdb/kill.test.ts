import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { expect, test, vi } from 'vitest';
import { runUntilKilled } from '../../../test/cases/run-child.ts';
import { systemClock } from '../../base/index.ts';
import { openDuckDbLedger } from './index.ts';
import { isLost, openInstance } from './instance.ts';

test('a ledger killed while it appends has every acknowledged batch, and none by half', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ledger-kill-'));
  for (const lines of [1, 7]) {
    const folder = mkdtempSync(join(dir, 'run-'));
    const acknowledged = Number((await runUntilKilled('ledger-child.ts', [folder], lines)).at(-1));
    const ledger = await openDuckDbLedger({ file: join(folder, 'ledger.duckdb'), clock: systemClock });
    const watermark = await ledger.watermark('j');
    expect(watermark).toBeGreaterThanOrEqual(acknowledged);
    const { total } = await ledger.costs({ range: { fromMs: 0, toMs: 1e14 }, by: [], where: {} });
    expect(total).toMatchObject({ attempts: watermark, calls: watermark });
    await ledger.close();
  }
  rmSync(dir, { recursive: true });
});

test('a file another process has open is refused', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ledger-kill-'));
  const file = join(dir, 'ledger.duckdb');
  const holder = runUntilKilled('ledger-child.ts', [dir], 30);
  await expect
    .poll(
      async () => {
        try {
          await (await openDuckDbLedger({ file, clock: systemClock, lockWaitMs: 0 })).close();
          return 'open';
        } catch (cause) {
          return (cause as { code: string }).code;
        }
      },
      { timeout: 20_000, interval: 20 },
    )
    .toBe('LEDGER_LOCKED');
  // The one that waits gets it when the holder is dead.
  await (await openDuckDbLedger({ file, clock: systemClock, lockWaitMs: 60_000 })).close();
  await holder;
  rmSync(dir, { recursive: true });
});

test('an engine that gave its file up is told from a question that failed, and the file opens again with all of it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ledger-lost-'));
  const options = { file: join(dir, 'ledger.duckdb'), clock: systemClock, lockWaitMs: 0 };
  const owned = await openInstance(options);
  const connection = await owned.instance.connect();
  const failureOf = (text: string) =>
    connection.run(text).then(
      () => null,
      (cause: unknown) => cause,
    );
  await connection.run('CREATE TABLE kept AS SELECT 7 AS seven');
  expect(isLost(await failureOf('SELECT nothing FROM nowhere'))).toBe(false);
  // What a disk that is full in the middle of a checkpoint does.
  await connection.run("SET GLOBAL debug_checkpoint_abort = 'before_header'");
  await failureOf('CHECKPOINT');
  expect(isLost(await failureOf('SELECT * FROM kept'))).toBe(true);
  owned.close();
  const again = await openInstance(options);
  const kept = await (await again.instance.connect()).runAndReadAll('SELECT seven FROM kept');
  expect(kept.getRows()).toEqual([[7]]);
  again.close();
  rmSync(dir, { recursive: true });
});

test('whoever owns the process hears of it at the first question', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ledger-lost-'));
  const onLost = vi.fn();
  const ledger = await openDuckDbLedger({ file: join(dir, 'ledger.duckdb'), clock: systemClock, onLost });
  const lost = new Error('FATAL Error: Failed: database has been invalidated because of a previous fatal error.');
  const engine = vi.spyOn(DuckDBConnection.prototype, 'runAndReadAll').mockRejectedValue(lost);
  await expect(ledger.costs({ range: { fromMs: 0, toMs: 1 }, by: [], where: {} })).rejects.toMatchObject({
    code: 'LEDGER_UNAVAILABLE',
  });
  expect(onLost).toHaveBeenCalledWith(lost);
  engine.mockRestore();
  await ledger.close();
  rmSync(dir, { recursive: true });
});
