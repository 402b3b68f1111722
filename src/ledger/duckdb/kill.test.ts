import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runUntilKilled } from '../../../test/cases/run-child.ts';
import { systemClock } from '../../base/index.ts';
import { openDuckDbLedger } from './index.ts';

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
