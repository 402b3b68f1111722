import { expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../../test/cases/attempts.ts';
import { economicLedger, march } from '../../../test/cases/economic-ledger.ts';
import { readStageAttempts } from './read-history.ts';

const under = economicLedger();

test('stages of several workflows are read whole, whatever their other stages hold', async () => {
  const at = (id: string, workflow: string, stage: string, second: number) =>
    caseAttempt(id, { workflow, stage, startedAtMs: caseStartMs + second * 1_000 });
  await under.append([
    ...[1, 2, 3, 4].map((second) => at(`b${second}`, 'one', 'sort', second)),
    at('late', 'one', 'answer', 9),
    at('early', 'two', 'sort', 8),
  ]);
  const asked = [
    { workflow: 'one', stage: 'answer' },
    { workflow: 'two', stage: 'sort' },
  ];
  const { attempts, whole, sampled } = await readStageAttempts(under.ledger, march, asked, 3);
  expect(attempts.map(({ attemptId }) => attemptId)).toEqual(['att_early', 'att_late']);
  expect([whole.attempts, sampled]).toEqual([2, false]);
});
