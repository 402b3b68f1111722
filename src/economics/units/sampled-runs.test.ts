import { expect, test } from 'vitest';
import { configured, march } from '../../../test/cases/economic-ledger.ts';
import type { EconomicQuery, RunRow } from '../../ledger/index.ts';
import { zeroUsd } from '../../money/index.ts';
import { sampledRuns } from './sampled-runs.ts';
import type { UnitFacts } from './unit-facts.ts';

const impatience = 'impatience: { afterSeconds: 2, retryProbability: 0.5, abandonProbability: 0.5 }';
const config = configured(`
version: 1
workflows:
  busy: { ${impatience}, stages: { a: { model: openai/gpt-5-mini } } }
  rare: { ${impatience}, stages: { a: { model: openai/gpt-5-mini } } }
  patient: { stages: { a: { model: openai/gpt-5-mini } } }
`);

const row = (workflow: string, index: number): RunRow => ({
  ...{ run: `${workflow}${index}`, workflow, release: null, promptVersion: null, segment: null, user: null },
  ...{ startedAtMs: march.fromMs, calls: 1, attempts: 1, cost: zeroUsd, durationMs: 1, outcome: null, humanMinutes: 0 },
});
const rows = (workflow: string, count: number) => Array.from({ length: count }, (_, index) => row(workflow, index));
const facts = (workflow: string, runs: number) => ({ workflow, runs }) as UnitFacts;

test('one question samples all impatient workflows, another each that is rare among them', async () => {
  const asked: unknown[] = [];
  const ledger = {
    runs({ where }: EconomicQuery) {
      asked.push(where);
      const together = where.workflow?.length === 2;
      return Promise.resolve({
        rows: together ? [...rows('busy', 900), ...rows('rare', 3)] : rows('rare', 700),
        runs: 1,
      });
    },
  };
  const workflows = [facts('busy', 900_000), facts('rare', 3_000), facts('patient', 5_000)];
  const found = await sampledRuns(ledger, { range: march, where: { team: ['care'] } }, { workflows, config });
  expect([...found].map(([name, sample]) => [name, sample.rows.length])).toEqual([
    ['busy', 900],
    ['rare', 700],
  ]);
  expect(asked).toEqual([
    { team: ['care'], workflow: ['busy', 'rare'] },
    { team: ['care'], workflow: ['rare'] },
  ]);
});
