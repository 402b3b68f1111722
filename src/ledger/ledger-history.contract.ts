import { beforeEach, describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../test/cases/attempts.ts';
import { fromPicos, usd, zeroUsd } from '../money/index.ts';
import type { Outcome } from '../tree/index.ts';
import type { Dimension } from './ledger.ts';
import { cost, type LedgerUnderTest, march, useLedger } from './ledger-under-test.contract.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function outcome(id: string, changes: Partial<Outcome> = {}): Outcome {
  const base = { outcome: 'success', value: usd('4.5'), humanMinutes: 3, role: null, csat: null } as const;
  return { id, run: 'run_1', atMs: caseStartMs + 1_000, recordedAtMs: caseStartMs + 2_000, ...base, ...changes };
}

/** What every engine promises about what arrives late and what is kept for long. */
export function historyContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`ledger history: ${name}`, () => {
    const under = useLedger(open);
    const { append, costs } = under;

    describe('outcomes', () => {
      beforeEach(() => append(caseAttempt('1', { workflow: 'support' }), caseAttempt('2', { workflow: 'support' })));
      const facts = async (range = march) => (await under.ledger.workflow('support', range))!;

      test('the same outcome sent again is one outcome', async () => {
        const sent = outcome('o1');
        expect(await under.ledger.recordOutcome(sent)).toEqual({
          ok: true,
          outcome: sent,
          repeated: false,
          runKnown: true,
        });
        const again = { ...sent, recordedAtMs: sent.recordedAtMs + 5 };
        expect(await under.ledger.recordOutcome(again)).toEqual({
          ok: true,
          outcome: sent,
          repeated: true,
          runKnown: true,
        });
        expect(await facts()).toMatchObject({
          outcomes: { success: 1 },
          runsOpen: 1,
          value: usd('4.5'),
          humanMinutes: 3,
        });
      });

      test('a time filled in on arrival does not make a repetition a conflict', async () => {
        const at = (ms: number) => outcome('o1', { atMs: ms, recordedAtMs: ms });
        await under.ledger.recordOutcome(at(caseStartMs));
        expect(await under.ledger.recordOutcome(at(caseStartMs + 9))).toMatchObject({ ok: true, repeated: true });
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
        await under.ledger.recordOutcome(outcome('o1'));
        const result = await under.ledger.recordOutcome(outcome('o1', change));
        expect(result).toEqual({ ok: false, reason: 'outcome_conflict', recorded: outcome('o1') });
      });

      test.each([
        ['later time', { atMs: caseStartMs + 5_000 }, 'escalated'],
        ['earlier time', { atMs: caseStartMs }, 'success'],
        ['same time, recorded later', { recordedAtMs: caseStartMs + 9_000 }, 'escalated'],
      ])('of several outcomes of a run the latest counts: %s', async (_, change, expected) => {
        await under.ledger.recordOutcome(outcome('o1'));
        await under.ledger.recordOutcome(
          outcome('o2', { outcome: 'escalated', value: null, humanMinutes: null, ...change }),
        );
        const { outcomes, value } = await facts();
        expect(outcomes).toEqual({ success: 0, escalated: 0, abandoned: 0, failed: 0, [expected]: 1 });
        expect(value).toEqual(expected === 'success' ? usd('4.5') : zeroUsd);
        expect((await under.ledger.run('run_1'))?.outcomes).toHaveLength(2);
      });

      test('an outcome of an unknown run is kept, flagged, and counts once the run appears', async () => {
        const early = outcome('o1', { run: 'run_9' });
        expect(await under.ledger.recordOutcome(early)).toMatchObject({ ok: true, runKnown: false });
        expect((await facts()).outcomes.success).toBe(0);
        await append(caseAttempt('9', { workflow: 'support' }));
        expect((await facts()).outcomes.success).toBe(1);
      });

      test('a late outcome counts where its run began', async () => {
        await under.ledger.recordOutcome(outcome('o1', { atMs: march.toMs + 40 * dayMs }));
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
      const fold = () => under.ledger.applyRetention({ keepAttemptsMs: 7 * dayMs }, nowMs);

      beforeEach(async () => {
        await append(...old, unknown, recent);
        await under.ledger.recordOutcome(outcome('o1', { run: 'run_0' }));
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
        const before = await under.ledger.workflow('support', march);
        await fold();
        expect(await under.ledger.workflow('support', march)).toEqual(before);
        expect(await under.ledger.call('call_o0')).toEqual([]);
        expect(await under.ledger.run('run_0')).toBeNull();
        expect(await under.ledger.call('call_new')).toHaveLength(1);
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
