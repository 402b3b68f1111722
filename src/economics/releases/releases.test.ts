import { describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../../test/cases/attempts.ts';
import { economicLedger, march } from '../../../test/cases/economic-ledger.ts';
import { seededRandom } from '../../base/index.ts';
import type { RunRow } from '../../ledger/index.ts';
import { fromPicos } from '../../money/index.ts';
import { bootstrap } from '../sampling/bootstrap.ts';
import { readReleases } from './releases.ts';
import { compareRuns } from './verdict.ts';

/** Runs of about `mean` dollars, `successShare` of them successful. */
function runs(count: number, mean: number, { spread = 0.2, successShare = 0.7, seed = 1 } = {}): RunRow[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    ...{ run: `run_${index}`, startedAtMs: index, workflow: 'w', release: 'r', promptVersion: null, segment: null },
    ...{ user: null, calls: 1, attempts: 1, durationMs: 1, humanMinutes: 0 },
    cost: fromPicos(BigInt(Math.round(mean * (1 + spread * (random.next() - 0.5)) * 1e12))),
    outcome: random.next() < successShare ? ('success' as const) : ('failed' as const),
  }));
}

test('a change from nothing is no number', () => {
  expect(compareRuns(runs(200, 0), runs(200, 1)).change).toBeNull();
});

describe('a release', () => {
  test.each([
    ['half the cost', runs(200, 1), runs(200, 0.5, { seed: 2 }), 'better', 'success'],
    ['twice the cost', runs(200, 1), runs(200, 2, { seed: 2 }), 'worse', 'success'],
    ['same cost, more failures', runs(400, 1), runs(400, 1, { successShare: 0.4, seed: 2 }), 'worse', 'success'],
    [
      'the same',
      runs(2_000, 1, { successShare: 1 }),
      runs(2_000, 1, { successShare: 1, seed: 2 }),
      'no change',
      'success',
    ],
    ['few runs', runs(200, 1), runs(29, 0.1), 'too early', 'success'],
    ['few and unsure', runs(40, 1), runs(40, 1.05, { seed: 2 }), 'too early', 'success'],
    ['nothing, as before', runs(200, 0), runs(200, 0, { seed: 2 }), 'no change', 'success'],
    ['something instead of nothing', runs(200, 0), runs(200, 1, { seed: 2 }), 'worse', 'success'],
    ['no successes', runs(200, 1, { successShare: 0 }), runs(200, 2, { successShare: 0 }), 'worse', 'run'],
  ] as const)('%s', (_, before, after, verdict, per) => {
    expect(compareRuns(before, after)).toMatchObject({ verdict, per });
  });

  test('asked twice it says the same, and the estimate lies in its interval', () => {
    const [before, after] = [runs(100, 1), runs(100, 1.3, { seed: 5 })];
    const { change } = compareRuns(before, after);
    expect(compareRuns(before, after).change).toEqual(change);
    expect(change?.low).toBeLessThan(change?.estimate ?? 0);
    expect(change?.high).toBeGreaterThan(change?.estimate ?? 0);
  });

  test('open runs say nothing yet', () => {
    const open = runs(500, 9).map((run) => ({ ...run, outcome: null }));
    expect(compareRuns(runs(200, 1), [...open, ...runs(29, 9)]).verdict).toBe('too early');
  });
});

test('the interval of a mean covers it about nine times in ten', () => {
  const random = seededRandom(7);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const trials = 200;
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    const sample = Array.from({ length: 60 }, () => random.next());
    const { low, high } = bootstrap([sample], ([values = []]) => mean(values), random);
    if (low <= 0.5 && 0.5 <= high) covered += 1;
  }
  // 0.9 ± 3 standard errors of 200 trials, a little less for the small samples.
  expect(covered / trials).toBeGreaterThan(0.82);
  expect(covered / trials).toBeLessThan(0.97);
});

describe('on a ledger', () => {
  const under = economicLedger();

  test('releases stand in the order they came, with their prompts', async () => {
    const batch = (release: string, from: number, system: number) =>
      Array.from({ length: 40 }, (_, index) =>
        caseAttempt(`${release}_${index}`, {
          ...{ workflow: 'support', release, startedAtMs: caseStartMs + from + index },
          usage: { input: system + 900, output: 100 },
          partTokens: { system, history: 200, retrieval: 600, question: 100, tools: 0 },
        }),
      );
    await under.append([...batch('zz-first', 0, 100), ...batch('aa-second', 60_000, 2_100), caseAttempt('none')]);
    for (const release of ['zz-first', 'aa-second']) {
      for (let index = 0; index < 40; index++) await under.end(`run_${release}_${index}`, 'success');
    }
    const found = await readReleases(under.ledger, { range: march, by: 'release', timeZone: 'UTC', where: {} });
    expect(found.releases.map((each) => [each.release, each.successes, each.inputTokens, each.parts?.system])).toEqual([
      ['zz-first', 40, 1_000, 100],
      ['aa-second', 40, 3_000, 2_100],
    ]);
    expect(found.releases.map((each) => each.comparison?.verdict ?? null)).toEqual([null, 'worse']);
    expect(found.growth.every((row) => row.week === '2026-03-02')).toBe(true);
    expect([found.runs, found.runsLookedAt]).toEqual([81, 81]);
  });
});
