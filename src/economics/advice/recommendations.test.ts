import { expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../../test/cases/attempts.ts';
import { configured, economicLedger } from '../../../test/cases/economic-ledger.ts';
import { seededRandom } from '../../base/index.ts';
import { toDecimal } from '../../money/index.ts';
import { createPriceBook } from '../../pricing/index.ts';
import type { Attempt } from '../../tree/index.ts';
import { whatIf } from '../what-if/what-if.ts';
import { readAdvice } from './recommendations.ts';

const on = economicLedger();
const prices = createPriceBook({
  providers: [{ name: 'openai', kind: 'openai', baseUrl: 'https://api.openai.com/v1' }],
  overrides: [
    { provider: 'openai', model: 'big', inputPerMillion: '10', outputPerMillion: '100' },
    { provider: 'openai', model: 'small', inputPerMillion: '1', outputPerMillion: '10' },
  ],
});
const config = configured(`
version: 1
workflows:
  w:
    outcome: { valueUsd: 4.5 }
    stages:
      ask: { model: openai/big, urgency: batch, next: sort }
      sort: { model: openai/small, cache: { mode: exact, ttl: 24h }, maxOutputTokens: 2000, trim: { maxInputTokens: 9000 }, urgency: batch }
`);
const weekMs = 7 * 86_400_000;
const weekFrom = (week: number) => caseStartMs + week * weekMs;

/** A week of questions, a third of them asked before. */
function week(number: number): Attempt[] {
  const random = seededRandom(number + 1);
  return Array.from({ length: 300 }, (_, index) => {
    const usage = { input: 500 + Math.floor(random.next() * 1_000), output: 50 + Math.floor(random.next() * 100) };
    const startedAtMs = weekFrom(number) + Math.floor((index * weekMs) / 300);
    const fingerprint = random.next() < 1 / 3 ? 'often' : `f${number}_${index}`;
    const base = { workflow: 'w', stage: 'ask', modelServed: 'big', modelRequested: 'big', streamed: true };
    const made = caseAttempt(`${number}_${index}`, { ...base, usage, startedAtMs, fingerprint, partTokens: null });
    return { ...made, cost: prices.price({ provider: 'openai', model: 'big', tier: 'standard', usage, atMs: 0 }).cost };
  });
}

test('what is advised saves in the next week what it said it would', async () => {
  await on.append(week(0));
  await on.end('run_0_0', 'success');
  await on.end('run_0_1', 'failed');
  const range = { fromMs: weekFrom(0), toMs: weekFrom(1) };
  const advice = await readAdvice(on.ledger, range, config, prices);
  expect(advice.recommendations.map((each) => [each.lever, each.stage])).toEqual(
    expect.arrayContaining([
      ['switch', 'ask'],
      ['cache', 'ask'],
    ]),
  );
  for (const { result, edit, lever } of advice.recommendations) {
    const levers = { cache: { cacheTtlMs: 86_400_000 }, switch: { model: { provider: 'openai', model: 'small' } } };
    const policy = lever === 'cache' || lever === 'switch' ? levers[lever] : null;
    if (policy === null) continue;
    const next = whatIf(week(1), range, [{ workflow: 'w', stage: 'ask', ...policy }], prices);
    expect(next.saving.picos).toBeGreaterThanOrEqual(result.low.picos);
    expect(next.saving.picos).toBeLessThanOrEqual(result.high.picos);
    expect(edit.path.slice(0, 4)).toEqual(['workflows', 'w', 'stages', 'ask']);
  }
  expect(advice.investments.map((each) => [each.workflow, each.successRate, toDecimal(each.valuePerSuccess)])).toEqual([
    ['w', 0.5, '4.5'],
  ]);
});

test('what the file says already is not advised, whatever the history is of', async () => {
  await on.append(week(0));
  const range = { fromMs: weekFrom(0), toMs: weekFrom(1) };
  const accepted = configured(`
version: 1
workflows:
  w: { stages: { ask: { model: openai/small, cache: { mode: exact, ttl: 24h }, next: sort }, sort: { model: openai/small } } }
`);
  const { recommendations } = await readAdvice(on.ledger, range, accepted, prices);
  expect(recommendations.map(({ lever }) => lever)).not.toContain('switch');
  expect(recommendations.map(({ lever }) => lever)).not.toContain('cache');
});

test('a stage with little history is left in peace', async () => {
  await on.append(week(0).slice(0, 10));
  const advice = await readAdvice(on.ledger, { fromMs: weekFrom(0), toMs: weekFrom(1) }, config, prices);
  expect(advice).toMatchObject({ recommendations: [], stages: 0 });
});
