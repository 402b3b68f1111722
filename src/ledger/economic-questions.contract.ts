import { describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../test/cases/attempts.ts';
import { addUsd, usd, zeroUsd } from '../money/index.ts';
import type { Attempt, Outcome } from '../tree/index.ts';
import { cost, type LedgerUnderTest, march, useLedger } from './ledger-under-test.contract.ts';

const everything = { range: march, where: {} };

function ending(id: string, run: string, changes: Partial<Outcome> = {}): Outcome {
  return {
    id,
    run,
    outcome: 'success',
    value: usd('4.5'),
    humanMinutes: null,
    role: null,
    csat: null,
    atMs: caseStartMs + 1_000,
    recordedAtMs: caseStartMs + 2_000,
    ...changes,
  };
}

/** A retried call, a fallback and a call of another workflow. */
const traffic: readonly Attempt[] = [
  caseAttempt('1', {
    workflow: 'support',
    stage: 'answer',
    user: 'u1',
    session: 's1',
    release: 'r1',
    failure: 'timeout',
    durationMs: 100,
  }),
  caseAttempt('2', {
    ...{ callId: 'call_1', run: 'run_1', attemptNumber: 2, reason: 'retry', layer: 'gateway', workflow: 'support' },
    ...{ stage: 'answer', user: 'u1', session: 's1', release: 'r2', durationMs: 300, startedAtMs: caseStartMs + 10 },
  }),
  caseAttempt('3', { workflow: 'support', stage: 'answer', user: 'u2', durationMs: 200, partTokens: null }),
  caseAttempt('4', { workflow: 'search', stage: 'find', reason: 'fallback', requestBytes: 10, responseBytes: 20 }),
];

/** What every ledger engine answers to the questions of economics. */
export function economicQuestionsContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`economic questions: ${name}`, () => {
    const under = useLedger(open);

    test('traffic counts sessions, retried calls, bytes and parts by group', async () => {
      await under.append(...traffic);
      const rows = await under.ledger.traffic({ ...everything, by: ['workflow'] });
      expect(rows.map((row) => row.dimensions.workflow)).toEqual(['support', 'search']);
      expect(rows[0]).toMatchObject({
        ...{
          sessions: 1,
          runs: 2,
          calls: 2,
          attempts: 3,
          completedCalls: 2,
          retriedCalls: 1,
          fallbackCalls: 0,
        },
        ...{ failedAttempts: 1, requestBytes: 12_000, responseBytes: 3_600, attemptsWithParts: 2 },
        parts: { system: 200, history: 400, retrieval: 1_200, question: 200, tools: 0 },
        cost: cost(traffic.slice(0, 3)),
      });
      expect(rows[1]).toMatchObject({ fallbackCalls: 1, requestBytes: 10, responseBytes: 20 });
    });

    test('an empty range has no groups, and one row of zeros without groups', async () => {
      expect(await under.ledger.traffic({ ...everything, by: ['workflow'] })).toEqual([]);
      const [row] = await under.ledger.traffic({ ...everything, by: [] });
      expect(row).toMatchObject({ calls: 0, cost: zeroUsd });
    });

    test('endings take the labels of the first attempt and the latest outcome', async () => {
      await under.append(...traffic);
      await under.ledger.recordOutcome(ending('o1', 'run_1', { outcome: 'failed' }));
      const last = { outcome: 'escalated', humanMinutes: 6, role: 'agent', csat: 4, value: null } as const;
      await under.ledger.recordOutcome(ending('o2', 'run_1', { ...last, atMs: caseStartMs + 5_000 }));
      const asked = { range: march, where: { workflow: ['support'] } };
      const [rows = [], all = [], byModel = []] = await under.ledger.endings(asked, [['release'], [], ['model']]);
      expect(all.map(({ outcome, runs }) => [outcome, runs])).toEqual([
        ['escalated', 1],
        [null, 1],
      ]);
      expect(byModel.map(({ runs }) => runs)).toEqual([1, 1]);
      expect(rows).toHaveLength(2);
      expect(rows).toContainEqual({
        ...{ dimensions: { release: 'r1' }, outcome: 'escalated', role: 'agent', runs: 1 },
        ...{ value: zeroUsd, humanMinutes: 6, ratings: 1, csat: 4 },
      });
      expect(rows).toContainEqual(
        expect.objectContaining({ dimensions: { release: null }, outcome: null, role: null, runs: 1 }),
      );
    });

    test('a retry is counted under the failure before it and the layer that sent it', async () => {
      await under.append(...traffic);
      expect(await under.ledger.retries({ ...everything, where: { workflow: ['support'] } })).toEqual([
        {
          ...{ workflow: 'support', stage: 'answer', reason: 'retry', layer: 'gateway', cause: 'timeout' },
          ...{ calls: 1, attempts: 1, tokens: 1_500, cost: cost(traffic.slice(1, 2)) },
        },
      ]);
    });

    test('runs are whole, and a limit takes the same ones every time', async () => {
      await under.append(...traffic);
      await under.ledger.recordOutcome(ending('o1', 'run_3', { humanMinutes: 2 }));
      const all = await under.ledger.runs(everything, 100);
      expect(all.runs).toBe(3);
      expect(all.rows.reduce((sum, row) => addUsd(sum, row.cost), zeroUsd)).toEqual(cost(traffic));
      expect(all.rows.find((row) => row.run === 'run_3')).toMatchObject({ outcome: 'success', humanMinutes: 2 });
      expect(all.rows.find((row) => row.run === 'run_1')).toMatchObject({
        ...{ release: 'r1', user: 'u1', calls: 1, attempts: 2, durationMs: 310, outcome: null },
      });
      const took = (await under.ledger.durations(everything, 100)).flatMap(({ workflow, durationsMs }) =>
        durationsMs.map((durationMs) => ({ workflow, durationMs })),
      );
      expect(took).toHaveLength(3);
      expect(took).toEqual(
        expect.arrayContaining(all.rows.map(({ workflow, durationMs }) => ({ workflow, durationMs }))),
      );
      const two = await under.ledger.runs(everything, 2);
      expect([two.rows.length, two.runs]).toEqual([2, 3]);
      expect((await under.ledger.runs(everything, 2)).rows).toEqual(two.rows);
    });

    test('history comes page by page, each attempt once', async () => {
      await under.append(...traffic);
      const first = await under.ledger.history(everything, 3);
      const last = first.at(-1) as Attempt;
      const rest = await under.ledger.history(everything, 3, last);
      expect([...first, ...rest].map((attempt) => attempt.attemptId).toSorted()).toEqual([
        ...['att_1', 'att_2', 'att_3', 'att_4'],
      ]);
    });

    test('an equal request of the same user is a second tab while the first runs, and impatience soon after', async () => {
      const at = (seconds: number, changes = {}) =>
        caseAttempt(`${seconds}`, {
          ...{ fingerprint: 'same', user: 'u1', durationMs: 5_000, startedAtMs: caseStartMs + seconds * 1_000 },
          ...changes,
        });
      await under.append(
        at(0),
        at(2),
        at(20),
        at(21, { user: 'u2' }),
        at(22, { reason: 'retry' }),
        at(23, { fingerprint: 'other' }),
        at(90),
      );
      const found = await under.ledger.repeats(everything, 30_000);
      expect(found).toEqual({ overlapping: 1, soonAfter: 1, callsLookedAt: 6, cost: cost([at(2), at(20)]) });
    });

    test('users count in every group they are seen in, and cohorts by the week they were first seen in', async () => {
      const by = (id: string, user: string, workflow: string, week: number) =>
        caseAttempt(id, { user, workflow, startedAtMs: caseStartMs + week * 7 * 86_400_000 });
      await under.append(by('1', 'u1', 'a', 0), by('2', 'u1', 'b', 1), by('3', 'u2', 'a', 1), by('4', 'u2', 'a', 2));
      expect(await under.ledger.users(everything, [[], ['workflow'], ['plan', 'workflow']])).toEqual([
        [{ dimensions: {}, users: 2 }],
        [
          { dimensions: { workflow: 'a' }, users: 2 },
          { dimensions: { workflow: 'b' }, users: 1 },
        ],
        [
          { dimensions: { plan: null, workflow: 'a' }, users: 2 },
          { dimensions: { plan: null, workflow: 'b' }, users: 1 },
        ],
      ]);
      const cohorts = await under.ledger.cohorts(everything);
      expect(cohorts.map(({ firstWeek, week, users }) => [firstWeek, week, users])).toEqual([
        ['2026-03-02', '2026-03-02', 1],
        ['2026-03-02', '2026-03-09', 1],
        ['2026-03-09', '2026-03-09', 1],
        ['2026-03-09', '2026-03-16', 1],
      ]);
    });

    test('repetitions count what is in each session and interaction', async () => {
      const of = (id: string, session: string, interaction: string) => caseAttempt(id, { session, interaction });
      await under.append(
        of('1', 's1', 'i1'),
        of('2', 's1', 'i1'),
        of('3', 's1', 'i2'),
        of('4', 's2', 'i3'),
        caseAttempt('5'),
      );
      const one = { value: 1, count: 1 };
      expect(await under.ledger.repetitions(everything, 'session')).toEqual({
        bars: [one, { value: 2, count: 1 }],
        share: 1,
      });
      expect((await under.ledger.repetitions(everything, 'interaction')).bars).toEqual([
        { value: 1, count: 2 },
        { value: 2, count: 1 },
      ]);
    });

    test('dimensions of lines are refused', async () => {
      await expect(under.ledger.traffic({ ...everything, by: ['line'] })).rejects.toMatchObject({
        code: 'bad_request',
      });
    });
  });
}
