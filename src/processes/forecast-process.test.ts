import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ForecastJob } from '../economics/index.ts';
import { forecastApart } from './forecast-process.ts';

let folder: string;
let entry: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'forecast-process-'));
  entry = join(folder, 'child.mjs');
  // Answers with what it is asked and who it is; seed 13 is a defect, and seed 14 waits until it is told to go on.
  writeFileSync(
    entry,
    `import { existsSync } from 'node:fs';
    process.once('message', ({ job, ledgerSocket }) => {
      const { seed } = job.want;
      if (seed === 13) { console.error('no luck'); process.exit(1); }
      const failed = { code: 'LEDGER_UNAVAILABLE', message: 'away', retryAfterMs: 5, facts: {} };
      const done = { verb: process.argv[2], pid: process.pid, seed, bound: job.config.bound, ledgerSocket };
      const end = () => process.send(seed === 15 ? { failed } : { done }, () => process.disconnect());
      if (seed !== 14) end();
      else setInterval(() => { if (existsSync(process.env.BURNRATE_TEST_GO)) { end(); process.exit(0); } }, 5).ref();
    });`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const job = (seed: number) =>
  ({ want: { seed }, config: { bound: Number.POSITIVE_INFINITY } }) as unknown as ForecastJob;

describe('forecasting in a process of its own', () => {
  test('each job has its own process, which is told all of the file and where the ledger is', async () => {
    const perform = forecastApart(entry, '/private/ledger');
    const [one, two] = (await Promise.all([perform(job(1)), perform(job(2))])) as unknown as { pid: number }[];
    const told = {
      verb: 'internal-forecast',
      seed: 1,
      bound: Number.POSITIVE_INFINITY,
      ledgerSocket: '/private/ledger',
    };
    expect(one).toMatchObject(told);
    expect(new Set([one?.pid, two?.pid, process.pid]).size).toBe(3);
  });

  test('one that dies says its last words, and the next in line runs', async () => {
    const perform = forecastApart(entry, '');
    const [failed, next] = await Promise.allSettled([perform(job(13)), perform(job(2))]);
    expect(String((failed as PromiseRejectedResult).reason)).toContain('no luck');
    expect(next).toMatchObject({ status: 'fulfilled', value: { seed: 2 } });
  });

  test('what failed with a code comes back with it', async () => {
    await expect(forecastApart(entry, '')(job(15))).rejects.toMatchObject({
      ...{ code: 'LEDGER_UNAVAILABLE', message: 'away', retryAfterMs: 5 },
    });
  });

  test('more than may wait are refused', async () => {
    const perform = forecastApart(entry, '');
    const under = Array.from({ length: 5 }, (_, seed) => perform(job(seed)));
    await expect(perform(job(9))).rejects.toMatchObject({ code: 'overloaded' });
    await Promise.all(under);
    expect(await perform(job(9))).toMatchObject({ seed: 9 });
  });

  test('a page does not wait for a simulation', async () => {
    const go = join(folder, 'go');
    process.env.BURNRATE_TEST_GO = go;
    const perform = forecastApart(entry, '');
    const simulation = perform(job(14));
    expect(await perform({ ...job(1), want: 'page' })).toMatchObject({ verb: 'internal-forecast' });
    writeFileSync(go, '');
    expect(await simulation).toMatchObject({ seed: 14 });
    delete process.env.BURNRATE_TEST_GO;
  });
});
