import { expect, test } from 'vitest';
import { configured, march } from '../../../test/cases/economic-ledger.ts';
import type { EconomicQuery } from '../../ledger/index.ts';
import { sampledDurations } from './sampled-durations.ts';

const impatience = 'impatience: { afterSeconds: 2, retryProbability: 0.5, abandonProbability: 0.5 }';
const config = configured(`
version: 1
workflows:
  busy: { ${impatience}, stages: { a: { model: openai/gpt-5-mini } } }
  rare: { ${impatience}, stages: { a: { model: openai/gpt-5-mini } } }
  patient: { stages: { a: { model: openai/gpt-5-mini } } }
`);

const took = (workflow: string, count: number) => ({ workflow, durationsMs: Array.from({ length: count }, () => 1) });
const workflows = [
  { workflow: 'busy', runs: 900_000 },
  { workflow: 'rare', runs: 3_000 },
  { workflow: 'patient', runs: 5_000 },
];
const counted = Promise.resolve({ workflows });

test('one question samples all impatient workflows, another each that is rare among them', async () => {
  const asked: unknown[] = [];
  const ledger = {
    durations({ where }: EconomicQuery) {
      asked.push(where);
      const together = where.workflow?.length === 2;
      return Promise.resolve(together ? [took('busy', 900), took('rare', 3)] : [took('rare', 700)]);
    },
  };
  const found = await sampledDurations(ledger, { range: march, where: { team: ['care'] } }, { counted, config });
  expect([...found].map(([name, sample]) => [name, sample.length])).toEqual([
    ['busy', 900],
    ['rare', 700],
  ]);
  expect(asked).toEqual([
    { team: ['care'], workflow: ['busy', 'rare'] },
    { team: ['care'], workflow: ['rare'] },
  ]);
});

test('only workflows that are asked about are sampled', async () => {
  const asked: unknown[] = [];
  const ledger = {
    durations({ where }: EconomicQuery) {
      asked.push(where.workflow);
      return Promise.resolve([took('busy', 900)]);
    },
  };
  const of = (workflow: string) =>
    sampledDurations(ledger, { range: march, where: { workflow: [workflow] } }, { counted, config });
  expect([...(await of('busy')).keys()]).toEqual(['busy']);
  expect(await of('patient')).toEqual(new Map());
  expect(asked).toEqual([['busy']]);
});
