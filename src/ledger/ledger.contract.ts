import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../test/cases/attempts.ts';
import { sumUsd, zeroUsd } from '../money/index.ts';
import { type Attempt, linesOf, totalOf } from '../tree/index.ts';
import { behaviourFilterContract } from './behaviour-filter.contract.ts';
import { economicQuestionsContract } from './economic-questions.contract.ts';
import { endingsContract } from './endings.contract.ts';
import type { CostQuery, Dimension } from './ledger.ts';
import { historyContract } from './ledger-history.contract.ts';
import { sumsContract } from './ledger-sums.contract.ts';
import { cost, type LedgerUnderTest, march, useLedger } from './ledger-under-test.contract.ts';
import { operationQuestionsContract } from './operation-questions.contract.ts';
import { peopleQuestionsContract } from './people-questions.contract.ts';
import { dimensionNames } from './sql/dimensions.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** What every ledger engine promises, asked through `Ledger` alone. */
export function ledgerContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`ledger contract: ${name}`, () => {
    const under = useLedger(open);
    const { append, costs } = under;

    describe('appending', () => {
      test('gives back an attempt as it was, by call and by run', async () => {
        const attempt = caseAttempt('1', {
          workflow: 'support',
          stage: 'answer',
          session: 's1',
          interaction: 'i1',
          user: 'u1',
          customer: 'acme',
          promptVersion: 'v7',
          tags: { 'a/b~c': 'x', plain: 'ü"' },
          inferred: ['session', 'interaction'],
          failure: 'timeout',
          firstTokenMs: null,
        });
        await append(attempt);
        expect(await under.ledger.call('call_1')).toEqual([attempt]);
        expect(await under.ledger.run('run_1')).toEqual({ run: 'run_1', attempts: [attempt], outcomes: [] });
      });

      test('answers the watermark, 0 for a journal it never saw', async () => {
        expect(await under.ledger.watermark('jnl_1')).toBe(0);
        expect(await append(caseAttempt('1'), caseAttempt('2'))).toBe(2);
        expect(await under.ledger.watermark('jnl_1')).toBe(2);
        expect(await under.ledger.watermark('jnl_2')).toBe(0);
      });

      test('a batch sent again changes nothing', async () => {
        const batch = {
          journalId: 'j',
          afterSequence: 0,
          lastSequence: 4,
          attempts: [caseAttempt('1'), caseAttempt('2')],
        };
        expect(await Promise.all([under.ledger.append(batch), under.ledger.append(batch)])).toEqual([4, 4]);
        expect((await costs([])).total.attempts).toBe(2);
      });

      test.each([{ afterSequence: 0 }, {}])(
        'a batch that overlaps what was appended adds only the rest (%j)',
        async (after) => {
          await append(caseAttempt('1'), caseAttempt('2'));
          const attempts = [caseAttempt('2'), caseAttempt('3')];
          expect(await under.ledger.append({ journalId: 'jnl_1', lastSequence: 3, attempts, ...after })).toBe(3);
          expect((await costs([])).total.attempts).toBe(3);
        },
      );

      test('an empty batch moves the watermark', async () => {
        expect(await under.ledger.append({ journalId: 'j', lastSequence: 9, attempts: [] })).toBe(9);
        expect(await under.ledger.watermark('j')).toBe(9);
      });

      test('more rows than an engine takes at once are one transaction', async () => {
        const attempts = Array.from({ length: 5_000 }, (_, index) => caseAttempt(`${index}`));
        await append(...attempts);
        expect((await costs([])).total).toMatchObject({ attempts: 5_000, cost: cost(attempts) });
      });

      test('absurd counts of a broken provider stop nothing', async () => {
        const huge = caseAttempt('1', { usage: { input: 9e15, output: Number.MAX_SAFE_INTEGER } });
        await append(huge, caseAttempt('2', { durationMs: 1e300, requestBytes: Number.POSITIVE_INFINITY }));
        expect((await costs([])).total.cost.picos).toBe(cost([huge, caseAttempt('2')]).picos);
      });

      test('the pulse moves with what is appended', async () => {
        expect(await under.ledger.pulse()).toMatchObject({ attempts: 0, cost: zeroUsd, lastAppendedAtMs: null });
        const before = (await under.ledger.pulse()).version;
        await append(caseAttempt('1'), caseAttempt('2', { cost: null, lines: [], priceState: 'unknown' }));
        const after = await under.ledger.pulse();
        expect(after).toMatchObject({ attempts: 2, cost: caseAttempt('1').cost });
        expect(after.version).toBeGreaterThan(before);
        expect(after.lastAppendedAtMs).not.toBeNull();
      });
    });

    describe('costs', () => {
      const attempts = [
        caseAttempt('1', { workflow: 'support', stage: 'answer', team: 'a', interaction: 'i1', tags: { 'x/y': '1' } }),
        caseAttempt('2', {
          workflow: 'support',
          stage: 'answer',
          team: 'b',
          reason: 'retry',
          callId: 'call_1',
          run: 'run_1',
          interaction: 'i1',
        }),
        caseAttempt('3', {
          workflow: 'sales',
          team: 'a',
          usageSource: 'estimated',
          startedAtMs: caseStartMs + 15 * hourMs,
        }),
        caseAttempt('4', { cost: null, lines: [], priceState: 'unknown', modelServed: 'new', simulated: true }),
      ];
      beforeEach(() => append(...attempts));

      test('total counts runs, interactions, calls and attempts once each', async () => {
        expect((await costs([])).total).toEqual({
          dimensions: {},
          cost: cost(attempts),
          runs: 3,
          interactions: 1,
          calls: 3,
          attempts: 4,
          inputTokens: 4 * 1_200,
          cacheReadTokens: 4 * 200,
          outputTokens: 4 * 300,
          unknownPriceAttempts: 1,
          estimatedAttempts: 1,
        });
      });

      test.each<[Dimension, Record<string, number>]>([
        ['workflow', { support: 2, sales: 1, null: 1 }],
        ['team', { a: 2, b: 1, null: 1 }],
        ['tag.x/y', { 1: 1, null: 3 }],
        ['model', { 'gpt-5-mini-2025': 3, new: 1 }],
        ['simulated', { false: 3, true: 1 }],
        ['status', { 200: 4 }],
        ['minute', { '2026-03-02T10:00:00Z': 3, '2026-03-03T01:00:00Z': 1 }],
        ['hour', { '2026-03-02T10:00:00Z': 3, '2026-03-03T01:00:00Z': 1 }],
        ['day', { '2026-03-02': 3, '2026-03-03': 1 }],
        ['week', { '2026-03-02': 4 }],
        ['month', { '2026-03': 4 }],
      ])('by %s', async (dimension, expected) => {
        const { rows } = await costs([dimension]);
        expect(Object.fromEntries(rows.map((row) => [String(row.dimensions[dimension]), row.attempts]))).toEqual(
          expected,
        );
      });

      test('days follow the time zone asked for', async () => {
        const { rows } = await costs(['day'], { timeZone: 'America/New_York' });
        expect(rows.map((row) => row.dimensions.day)).toEqual(['2026-03-02']);
      });

      test('by line tells retries from first attempts, and by bucket counts each attempt once', async () => {
        const byLine = await costs(['line'], { orderBy: 'dimensions' });
        const perAttempt = caseAttempt('1').cost?.picos ?? 0n;
        expect(byLine.rows.map((row) => [row.dimensions.line, row.cost.picos, row.attempts])).toEqual([
          ['inference', 2n * perAttempt, 2],
          ['retries', perAttempt, 1],
          [null, 0n, 1],
        ]);
        const byBucket = await costs(['bucket']);
        expect(Object.fromEntries(byBucket.rows.map((row) => [row.dimensions.bucket, row.attempts]))).toEqual({
          input: 3,
          cacheRead: 3,
          output: 3,
          null: 1,
        });
        expect(byBucket.total.attempts).toBe(4);
      });

      test.each<[string, CostQuery['where'], number]>([
        ['one value', { team: ['a'] }, 2],
        ['alternatives', { team: ['a', 'b'] }, 3],
        ['no value', { team: [''] }, 1],
        ['a value or none', { team: ['b', ''] }, 2],
        ['two dimensions', { team: ['a'], workflow: ['sales'] }, 1],
        ['a tag', { 'tag.x/y': ['1'] }, 1],
        ['a line', { line: ['retries'] }, 1],
        ['nothing allowed', { team: [] }, 0],
        ['text that looks like SQL', { team: ["a' OR 1=1 --"] }, 0],
      ])('where %s', async (_, where, expected) => {
        expect((await costs([], { where })).total.attempts).toBe(expected);
      });

      test('a limit cuts rows off, dearest first, and says how many', async () => {
        const answer = await costs(['workflow'], { limit: 1 });
        expect(answer.rows.map((row) => row.dimensions.workflow)).toEqual(['support']);
        expect(answer.rowsLeftOut).toBe(2);
        expect(answer.total.attempts).toBe(4);
      });

      test('the range is half open', async () => {
        const upTo = (toMs: number) => costs([], { range: { fromMs: caseStartMs, toMs } });
        expect((await upTo(caseStartMs)).total.attempts).toBe(0);
        expect((await upTo(caseStartMs + 1)).total.attempts).toBe(3);
        expect((await costs(['team'], { range: { fromMs: 0, toMs: 1 } })).rows).toEqual([]);
      });

      test.each<[string, Partial<CostQuery>]>([
        ['an unknown dimension', { by: ['costs; DROP TABLE attempts' as Dimension] }],
        ['an unknown filter', { where: { ['x' as Dimension]: ['1'] } }],
        ['too many dimensions', { by: dimensionNames.slice(0, 9) }],
        ['a limit of none', { limit: 0 }],
        ['a range that ends before it begins', { range: { fromMs: 2, toMs: 1 } }],
        ['an unknown time zone', { by: ['day'], timeZone: 'Mars/Olympus' }],
      ])('refuses %s', async (_, more) => {
        await expect(costs([], more)).rejects.toMatchObject({ code: 'bad_request' });
      });
    });

    test('sums by any dimension are the total, and sums over lines the sums over attempts', async () => {
      const some = fc.record({
        workflow: fc.constantFrom('support', 'sales', ''),
        stage: fc.constantFrom('classify', 'answer'),
        user: fc.constantFrom('u1', 'u2', 'u3'),
        reason: fc.constantFrom<Attempt['reason']>('first', 'retry', 'fallback', 'hedge', 'repair'),
        usage: fc.record({ input: fc.nat(5_000), output: fc.nat(3_000) }),
        offset: fc.nat(20 * dayMs),
        unknown: fc.boolean(),
      });
      const drawn = fc.sample(some, { numRuns: 200, seed: 7 });
      const attempts = drawn.map(({ offset, unknown, ...fields }, index) =>
        caseAttempt(`${index}`, {
          ...fields,
          startedAtMs: caseStartMs + offset,
          ...(unknown ? { cost: null, lines: [], priceState: 'unknown' as const } : {}),
        }),
      );
      await append(...attempts);
      for (const dimension of [...dimensionNames, 'tag.none'] as Dimension[]) {
        const { rows, total } = await costs([dimension], { limit: 10_000 });
        expect(total.cost, dimension).toEqual(cost(attempts));
        expect(sumUsd(rows.map((row) => row.cost)), dimension).toEqual(total.cost);
        const sum = (key: 'inputTokens' | 'outputTokens') => rows.reduce((tokens, row) => tokens + row[key], 0);
        expect([sum('inputTokens'), sum('outputTokens')], dimension).toEqual([total.inputTokens, total.outputTokens]);
      }
      const trees = await under.ledger.workflows(march);
      expect(sumUsd(trees.map((facts) => totalOf(facts.tree)))).toEqual(cost(attempts));
    });

    describe('workflows', () => {
      const inStage = (id: string, stage: string, changes: Partial<Attempt> = {}) =>
        caseAttempt(id, { workflow: 'support', stage, ...changes });
      const first = inStage('1', 'answer', { interaction: 'i1', usageSource: 'estimated', failure: 'timeout' });
      const retry = inStage('2', 'answer', {
        callId: 'call_1',
        run: 'run_1',
        interaction: 'i1',
        reason: 'retry',
        attemptNumber: 2,
      });
      const later = inStage('3', 'answer', { startedAtMs: caseStartMs + 60_000 });
      const classify = inStage('4', 'classify', { run: 'run_1' });
      beforeEach(() => append(first, retry, later, classify, caseAttempt('5', { workflow: 'sales' })));

      test('a tree of stages costs what its attempts cost, retries on their own line', async () => {
        const facts = await under.ledger.workflow('support', march);
        expect(facts).toMatchObject({ runs: 2, calls: 3, attempts: 4, interactions: 1, runsOpen: 2 });
        expect(facts?.tree).toMatchObject({ kind: 'workflow', name: 'support', lines: [] });
        expect(facts && totalOf(facts.tree)).toEqual(cost([first, retry, later, classify]));
        const answer = facts?.tree.children.find((child) => child.name === 'answer');
        expect(answer?.counts).toEqual({
          runs: 2,
          interactions: 1,
          calls: 2,
          attempts: 3,
          unknownPriceAttempts: 0,
          estimatedAttempts: 1,
        });
        const retries = answer?.lines.filter((line) => line.line === 'retries');
        expect(sumUsd((retries ?? []).map((line) => line.cost))).toEqual(retry.cost);
      });

      test('calls below a stage, newest first, take nothing away from it', async () => {
        const plain = await under.ledger.workflow('support', march);
        const detailed = await under.ledger.workflow('support', march, { stage: 'answer', limit: 1 });
        const answer = detailed?.tree.children.find((child) => child.name === 'answer');
        expect(answer?.children.map((call) => call.name)).toEqual(['call_3']);
        expect(answer && linesOf(answer)).toEqual(
          expect.arrayContaining(linesOf(plain!.tree.children.find((child) => child.name === 'answer')!)),
        );
        const before = await under.ledger.workflow('support', march, {
          stage: 'answer',
          limit: 5,
          beforeCallId: 'call_3',
        });
        const call = before?.tree.children.find((child) => child.name === 'answer')?.children[0];
        expect(call).toMatchObject({ kind: 'call', name: 'call_1', counts: { attempts: 2, calls: 1 } });
        expect(call?.children.map((attempt) => attempt.name)).toEqual(['att_1', 'att_2']);
      });

      test('calls without a workflow are a workflow without a name', async () => {
        await append(caseAttempt('6'));
        const all = await under.ledger.workflows(march);
        expect(all.map((facts) => facts.tree.name)).toEqual(['', 'sales', 'support']);
        expect((await under.ledger.workflow('', march))?.tree.children.map((stage) => stage.name)).toEqual(['']);
        expect(await under.ledger.workflow('nobody', march)).toBeNull();
      });
    });
  });
  historyContract(name, open);
  sumsContract(name, open);
  economicQuestionsContract(name, open);
  endingsContract(name, open);
  operationQuestionsContract(name, open);
  behaviourFilterContract(name, open);
  peopleQuestionsContract(name, open);
}
