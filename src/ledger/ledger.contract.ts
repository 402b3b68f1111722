import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../test/cases/attempts.ts';
import { fromPicos, sumUsd, usd, zeroUsd } from '../money/index.ts';
import { type Attempt, linesOf, type Outcome, totalOf } from '../tree/index.ts';
import type { CostQuery, Dimension, Ledger } from './ledger.ts';
import { dimensionNames } from './sql/dimensions.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const march: CostQuery['range'] = { fromMs: Date.UTC(2026, 2, 1), toMs: Date.UTC(2026, 3, 1) };

/** A ledger under test. `close` must leave nothing open. */
export interface LedgerUnderTest {
  readonly ledger: Ledger;
  close(): Promise<void>;
}

function outcome(id: string, changes: Partial<Outcome> = {}): Outcome {
  const base = { outcome: 'success', value: usd('4.5'), humanMinutes: 3, role: null, csat: null } as const;
  return { id, run: 'run_1', atMs: caseStartMs + 1_000, recordedAtMs: caseStartMs + 2_000, ...base, ...changes };
}

const cost = (attempts: readonly Attempt[]) => sumUsd(attempts.map((attempt) => attempt.cost ?? zeroUsd));

/** What every ledger engine promises, asked through `Ledger` alone. */
export function ledgerContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`ledger contract: ${name}`, () => {
    let under: LedgerUnderTest;
    let ledger: Ledger;
    let sequence = 0;
    const append = (...attempts: Attempt[]) => {
      const afterSequence = sequence;
      sequence += attempts.length;
      return ledger.append({ journalId: 'jnl_1', afterSequence, lastSequence: sequence, attempts });
    };
    const costs = (by: Dimension[], more: Partial<CostQuery> = {}) =>
      ledger.costs({ range: march, by, where: {}, ...more });

    beforeEach(async () => {
      under = await open();
      ledger = under.ledger;
      sequence = 0;
    });
    afterEach(() => under.close());

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
        expect(await ledger.call('call_1')).toEqual([attempt]);
        expect(await ledger.run('run_1')).toEqual({ run: 'run_1', attempts: [attempt], outcomes: [] });
      });

      test('answers the watermark, 0 for a journal it never saw', async () => {
        expect(await ledger.watermark('jnl_1')).toBe(0);
        expect(await append(caseAttempt('1'), caseAttempt('2'))).toBe(2);
        expect(await ledger.watermark('jnl_1')).toBe(2);
        expect(await ledger.watermark('jnl_2')).toBe(0);
      });

      test('a batch sent again changes nothing', async () => {
        const batch = {
          journalId: 'j',
          afterSequence: 0,
          lastSequence: 4,
          attempts: [caseAttempt('1'), caseAttempt('2')],
        };
        expect(await Promise.all([ledger.append(batch), ledger.append(batch)])).toEqual([4, 4]);
        expect((await costs([])).total.attempts).toBe(2);
      });

      test.each([{ afterSequence: 0 }, {}])(
        'a batch that overlaps what was appended adds only the rest (%j)',
        async (after) => {
          await append(caseAttempt('1'), caseAttempt('2'));
          const attempts = [caseAttempt('2'), caseAttempt('3')];
          expect(await ledger.append({ journalId: 'jnl_1', lastSequence: 3, attempts, ...after })).toBe(3);
          expect((await costs([])).total.attempts).toBe(3);
        },
      );

      test('an empty batch moves the watermark', async () => {
        expect(await ledger.append({ journalId: 'j', lastSequence: 9, attempts: [] })).toBe(9);
        expect(await ledger.watermark('j')).toBe(9);
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
        expect(await ledger.pulse()).toMatchObject({ attempts: 0, cost: zeroUsd, lastAppendedAtMs: null });
        const before = (await ledger.pulse()).version;
        await append(caseAttempt('1'), caseAttempt('2', { cost: null, lines: [], priceState: 'unknown' }));
        const after = await ledger.pulse();
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
      const trees = await ledger.workflows(march);
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
        const facts = await ledger.workflow('support', march);
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
        const plain = await ledger.workflow('support', march);
        const detailed = await ledger.workflow('support', march, { stage: 'answer', limit: 1 });
        const answer = detailed?.tree.children.find((child) => child.name === 'answer');
        expect(answer?.children.map((call) => call.name)).toEqual(['call_3']);
        expect(answer && linesOf(answer)).toEqual(
          expect.arrayContaining(linesOf(plain!.tree.children.find((child) => child.name === 'answer')!)),
        );
        const before = await ledger.workflow('support', march, { stage: 'answer', limit: 5, beforeCallId: 'call_3' });
        const call = before?.tree.children.find((child) => child.name === 'answer')?.children[0];
        expect(call).toMatchObject({ kind: 'call', name: 'call_1', counts: { attempts: 2, calls: 1 } });
        expect(call?.children.map((attempt) => attempt.name)).toEqual(['att_1', 'att_2']);
      });

      test('calls without a workflow are a workflow without a name', async () => {
        await append(caseAttempt('6'));
        const all = await ledger.workflows(march);
        expect(all.map((facts) => facts.tree.name)).toEqual(['', 'sales', 'support']);
        expect((await ledger.workflow('', march))?.tree.children.map((stage) => stage.name)).toEqual(['']);
        expect(await ledger.workflow('nobody', march)).toBeNull();
      });
    });

    describe('outcomes', () => {
      beforeEach(() => append(caseAttempt('1', { workflow: 'support' }), caseAttempt('2', { workflow: 'support' })));
      const facts = async (range = march) => (await ledger.workflow('support', range))!;

      test('the same outcome sent again is one outcome', async () => {
        const sent = outcome('o1');
        expect(await ledger.recordOutcome(sent)).toEqual({ ok: true, outcome: sent, repeated: false, runKnown: true });
        const again = { ...sent, recordedAtMs: sent.recordedAtMs + 5 };
        expect(await ledger.recordOutcome(again)).toEqual({ ok: true, outcome: sent, repeated: true, runKnown: true });
        expect(await facts()).toMatchObject({
          outcomes: { success: 1 },
          runsOpen: 1,
          value: usd('4.5'),
          humanMinutes: 3,
        });
      });

      test('a time filled in on arrival does not make a repetition a conflict', async () => {
        const at = (ms: number) => outcome('o1', { atMs: ms, recordedAtMs: ms });
        await ledger.recordOutcome(at(caseStartMs));
        expect(await ledger.recordOutcome(at(caseStartMs + 9))).toMatchObject({ ok: true, repeated: true });
      });

      test.each<Partial<Outcome>>([
        { run: 'run_2' },
        { outcome: 'failed' },
        { value: null },
        { value: fromPicos(1n) },
        { humanMinutes: 4 },
        { csat: 5 },
        { role: 'agent' },
        { atMs: 5 },
      ])('the same id with other content is a conflict: %o', async (change) => {
        await ledger.recordOutcome(outcome('o1'));
        const result = await ledger.recordOutcome(outcome('o1', change));
        expect(result).toEqual({ ok: false, reason: 'outcome_conflict', recorded: outcome('o1') });
      });

      test.each([
        ['later time', { atMs: caseStartMs + 5_000 }, 'escalated'],
        ['earlier time', { atMs: caseStartMs }, 'success'],
        ['same time, recorded later', { recordedAtMs: caseStartMs + 9_000 }, 'escalated'],
      ])('of several outcomes of a run the latest counts: %s', async (_, change, expected) => {
        await ledger.recordOutcome(outcome('o1'));
        await ledger.recordOutcome(outcome('o2', { outcome: 'escalated', value: null, humanMinutes: null, ...change }));
        const { outcomes, value } = await facts();
        expect(outcomes).toEqual({ success: 0, escalated: 0, abandoned: 0, failed: 0, [expected]: 1 });
        expect(value).toEqual(expected === 'success' ? usd('4.5') : zeroUsd);
        expect((await ledger.run('run_1'))?.outcomes).toHaveLength(2);
      });

      test('an outcome of an unknown run is kept, flagged, and counts once the run appears', async () => {
        const early = outcome('o1', { run: 'run_9' });
        expect(await ledger.recordOutcome(early)).toMatchObject({ ok: true, runKnown: false });
        expect((await facts()).outcomes.success).toBe(0);
        await append(caseAttempt('9', { workflow: 'support' }));
        expect((await facts()).outcomes.success).toBe(1);
      });

      test('a late outcome counts where its run began', async () => {
        await ledger.recordOutcome(outcome('o1', { atMs: march.toMs + 40 * dayMs }));
        await append(caseAttempt('3', { workflow: 'support', run: 'run_1', startedAtMs: march.toMs + hourMs }));
        const april = { fromMs: march.toMs, toMs: march.toMs + 30 * dayMs };
        expect((await facts()).outcomes.success).toBe(1);
        expect(await facts(april)).toMatchObject({ runs: 0, outcomes: { success: 0 }, attempts: 1 });
      });
    });

    describe('retention', () => {
      const old = [0, 1, 2].map((day) =>
        caseAttempt(`o${day}`, {
          workflow: 'support',
          stage: day === 1 ? 'classify' : 'answer',
          team: 'a',
          user: `u${day}`,
          run: `run_${day}`,
          reason: day === 2 ? 'retry' : 'first',
          startedAtMs: caseStartMs + day * dayMs,
        }),
      );
      const unknown = caseAttempt('x', { workflow: 'support', cost: null, lines: [], priceState: 'unknown' });
      const recent = caseAttempt('new', {
        workflow: 'support',
        stage: 'answer',
        startedAtMs: caseStartMs + 20 * dayMs,
      });
      const nowMs = caseStartMs + 21 * dayMs;
      const fold = () => ledger.applyRetention({ keepAttemptsMs: 7 * dayMs }, nowMs);

      beforeEach(async () => {
        await append(...old, unknown, recent);
        await ledger.recordOutcome(outcome('o1', { run: 'run_0' }));
      });

      test.each<[Dimension[]]>([
        [[]],
        [['day']],
        [['month']],
        [['team', 'day']],
        [['stage']],
        [['line']],
        [['bucket']],
        [['priceState']],
      ])('costs by %j stay the same when attempts become daily sums', async (by) => {
        const before = await costs(by, { orderBy: 'dimensions' });
        expect(await fold()).toEqual({ attemptsDeleted: 4 });
        expect(await costs(by, { orderBy: 'dimensions' })).toEqual(before);
        expect(await fold()).toEqual({ attemptsDeleted: 0 });
        expect((await costs(by, { orderBy: 'dimensions' })).total).toEqual(before.total);
      });

      test('workflow facts stay the same, single attempts are gone', async () => {
        const before = await ledger.workflow('support', march);
        await fold();
        expect(await ledger.workflow('support', march)).toEqual(before);
        expect(await ledger.call('call_o0')).toEqual([]);
        expect(await ledger.run('run_0')).toBeNull();
        expect(await ledger.call('call_new')).toHaveLength(1);
      });

      test('rows that arrive for a folded day are added to it', async () => {
        await fold();
        const late = caseAttempt('late', { workflow: 'support', startedAtMs: caseStartMs });
        await append(late);
        expect(await fold()).toEqual({ attemptsDeleted: 1 });
        expect((await costs(['day'])).total.cost).toEqual(cost([...old, unknown, recent, late]));
      });
    });
  });
}
