import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../test/cases/attempts.ts';
import { type Attempt, inputTokensOf, outputTokensOf } from '../tree/index.ts';
import type { Dimension } from './ledger.ts';
import { cost, type LedgerUnderTest, useLedger } from './ledger-under-test.contract.ts';

const hourMs = 3_600_000;
const spanMs = 5 * 24 * hourMs;

const drawnAttempt = fc.record({
  workflow: fc.constantFrom('support', 'sales'),
  stage: fc.constantFrom('classify', 'answer'),
  customer: fc.constantFrom('acme', 'zeta'),
  user: fc.constantFrom('u1', 'u2', 'u3'),
  reason: fc.constantFrom<Attempt['reason']>('first', 'retry'),
  run: fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5'),
  usage: fc.constantFrom<Attempt['usage']>({ input: 10, output: 3 }, { input: 7, cacheRead: 5, output: 1 }),
  offsetMs: fc.nat(spanMs),
});

const groupings: readonly Dimension[][] = [
  [],
  ['stage'],
  ['hour'],
  ['day', 'customer'],
  ['user'],
  ['line'],
  ['bucket', 'workflow'],
  ['run'],
];

/** What every engine promises about sums kept ready: they are what the attempts say, whatever the range cuts and whenever rows come. */
export function sumsContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`ledger sums: ${name}`, () => {
    const under = useLedger(open);

    test('any range and grouping gives what single attempts give, early, late and cut', async () => {
      const drawn = fc.sample(drawnAttempt, { numRuns: 150, seed: 11 });
      const attempts = drawn.map(({ offsetMs, ...fields }, index) =>
        caseAttempt(`${index}`, { ...fields, startedAtMs: caseStartMs + offsetMs }),
      );
      for (let at = 0; at < attempts.length; at += 30) await under.append(...attempts.slice(at, at + 30));
      const ranges = fc.sample(fc.tuple(fc.nat(spanMs), fc.nat(spanMs)), { numRuns: 12, seed: 5 });
      for (const [a, b] of [[0, spanMs + 1] as const, ...ranges]) {
        const range = { fromMs: caseStartMs + Math.min(a, b), toMs: caseStartMs + Math.max(a, b) };
        const inRange = attempts.filter(({ startedAtMs: ms }) => ms >= range.fromMs && ms < range.toMs);
        for (const by of groupings) {
          const { rows, total } = await under.costs(by, { range, limit: 1_000 });
          const about = `${by.join()} of ${a} to ${b}`;
          expect(total.cost, about).toEqual(cost(inRange));
          expect(total.attempts, about).toBe(inRange.length);
          const tokens = rows.reduce((sum, row) => sum + row.inputTokens + row.outputTokens, 0);
          expect(tokens, about).toBe(
            inRange.reduce((sum, { usage }) => sum + inputTokensOf(usage) + outputTokensOf(usage), 0),
          );
          if (by.includes('bucket')) continue;
          expect(
            rows.reduce((sum, row) => sum + row.attempts, 0),
            about,
          ).toBe(inRange.length);
        }
      }
    });

    test('runs add up over groups, and over stages count in each', async () => {
      const place = (id: string, stage: string, run: string, offsetMs: number) =>
        caseAttempt(id, { workflow: 'w', stage, run, startedAtMs: caseStartMs + offsetMs });
      await under.append(
        place('1', 'a', 'r1', 0),
        place('2', 'b', 'r1', 2 * hourMs),
        place('3', 'a', 'r2', 4 * hourMs),
      );
      await under.append(place('4', 'b', 'r2', 9 * hourMs), place('5', 'b', 'r2', 10 * hourMs));
      const runs = async (by: Dimension[]) =>
        (await under.costs(by, { orderBy: 'dimensions' })).rows.map((row) => row.runs);
      expect(await runs([])).toEqual([2]);
      expect(await runs(['day'])).toEqual([2]);
      expect(await runs(['stage'])).toEqual([2, 2]);
    });
  });
}
