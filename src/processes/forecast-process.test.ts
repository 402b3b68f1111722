import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SimulationJob } from '../economics/index.ts';
import { simulateApart } from './forecast-process.ts';

let folder: string;
let entry: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'forecast-process-'));
  entry = join(folder, 'child.mjs');
  // Answers with what it is asked and who it is; seed 13 is a defect.
  writeFileSync(
    entry,
    `process.once('message', (job) => {
      if (job.seed === 13) { console.error('no luck'); process.exit(1); }
      process.send({ verb: process.argv[2], pid: process.pid, seed: job.seed, bound: job.model.bound }, () => process.disconnect());
    });`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const job = (seed: number) => ({ seed, model: { bound: Number.POSITIVE_INFINITY } }) as unknown as SimulationJob;

describe('simulating in a process of its own', () => {
  test('each job has its own process, which is told all of the model', async () => {
    const simulate = simulateApart(entry);
    const [one, two] = (await Promise.all([simulate(job(1)), simulate(job(2))])) as unknown as { pid: number }[];
    expect(one).toMatchObject({ verb: 'internal-forecast', seed: 1, bound: Number.POSITIVE_INFINITY });
    expect(new Set([one?.pid, two?.pid, process.pid]).size).toBe(3);
  });

  test('one that dies says its last words, and the next in line runs', async () => {
    const simulate = simulateApart(entry);
    const [failed, next] = await Promise.allSettled([simulate(job(13)), simulate(job(2))]);
    expect(String((failed as PromiseRejectedResult).reason)).toContain('no luck');
    expect(next).toMatchObject({ status: 'fulfilled', value: { seed: 2 } });
  });

  test('more than may wait are refused', async () => {
    const simulate = simulateApart(entry);
    const under = Array.from({ length: 5 }, (_, seed) => simulate(job(seed)));
    expect(() => simulate(job(9))).toThrowError(expect.objectContaining({ code: 'overloaded' }));
    await Promise.all(under);
    expect(await simulate(job(9))).toMatchObject({ seed: 9 });
  });
});
