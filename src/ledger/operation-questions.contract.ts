import { describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../test/cases/attempts.ts';
import { sumUsd, usd } from '../money/index.ts';
import type { Attempt, Outcome } from '../tree/index.ts';
import { cost, type LedgerUnderTest, march, useLedger } from './ledger-under-test.contract.ts';

const everything = { range: march, where: {} };
const minuteMs = 60_000;

/** Two calls of one run, the first of them sent twice; a call of another run; one without a price or usage, a day later. */
const attempts: readonly Attempt[] = [
  caseAttempt('1', { workflow: 'support', stage: 'answer', failure: 'timeout', status: 0, durationMs: 100 }),
  caseAttempt('2', {
    ...{ callId: 'call_1', run: 'run_1', attemptNumber: 2, reason: 'retry', layer: 'client', workflow: 'support' },
    ...{ stage: 'answer', startedAtMs: caseStartMs + 10 * minuteMs, durationMs: 300, modelServed: 'gpt-5' },
  }),
  caseAttempt('3', { run: 'run_1', workflow: 'support', stage: 'moderate', startedAtMs: caseStartMs + 5 * minuteMs }),
  caseAttempt('4', { workflow: 'search', stage: 'find', startedAtMs: caseStartMs + 2 * minuteMs, streamed: true }),
  caseAttempt('5', {
    ...{ workflow: 'search', stage: 'find', startedAtMs: caseStartMs + 86_400_000, usage: {}, lines: [], cost: null },
    ...{ priceState: 'unknown', usageSource: 'absent', firstTokenMs: null },
  }),
];

const outcome = (run: string, kind: Outcome['outcome']): Outcome => ({
  ...{ id: `out_${run}`, run, outcome: kind, value: usd('4.5'), humanMinutes: 3, role: null, csat: null },
  ...{ atMs: caseStartMs + minuteMs, recordedAtMs: caseStartMs + minuteMs },
});

/** What every ledger engine answers to those who run a product. */
export function operationQuestionsContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`operation questions: ${name}`, () => {
    const under = useLedger(open);
    const calls = async (where: Parameters<typeof under.ledger.newestCalls>[0]['where'], limit = 10) =>
      (await under.ledger.newestCalls({ range: march, where }, { limit })).map((call) => call.callId);

    test('calls come newest first, each with all its attempts, page by page and none twice', async () => {
      await under.append(...attempts);
      const seen: string[] = [];
      let before: { atMs: number; id: string } | undefined;
      for (;;) {
        const page = await under.ledger.newestCalls(everything, { limit: 1, ...(before ? { before } : {}) });
        if (page.length === 0) break;
        seen.push(...page.map((call) => `${call.callId}:${call.attempts.length}`));
        before = page.map((call) => ({ atMs: call.atMs, id: call.callId }))[0];
      }
      expect(seen).toEqual(['call_5:1', 'call_1:2', 'call_3:1', 'call_4:1']);
    });

    test.each([
      [{ failure: ['timeout'] }, ['call_1']],
      [{ model: ['gpt-5'] }, ['call_1']],
      [{ workflow: ['support'] }, ['call_1', 'call_3']],
      [{ bucket: ['cacheRead'], stage: ['find'] }, ['call_4']],
      [{ priceState: ['unknown'] }, ['call_5']],
      [{ cause: ['timeout'] }, ['call_1']],
      [{ cause: ['network'] }, []],
      [{ team: ['nobody'] }, []],
    ])('calls behind %j are %j', async (where, found) => {
      await under.append(...attempts);
      expect(await calls(where)).toEqual(found);
    });

    test('runs come newest first with their sums and their ending, and can be asked for by it', async () => {
      await under.append(...attempts);
      await under.ledger.recordOutcome(outcome('run_1', 'escalated'));
      const runs = await under.ledger.newestRuns(everything, { limit: 10 });
      expect(runs.map((run) => run.run)).toEqual(['run_5', 'run_4', 'run_1']);
      expect(runs[2]).toMatchObject({
        ...{ calls: 2, attempts: 3, cost: cost(attempts.slice(0, 3)), outcome: 'escalated', humanMinutes: 3 },
        ...{ value: usd('4.5'), unknownPriceAttempts: 0 },
      });
      expect(runs[2]?.labels).toMatchObject({ workflow: 'support', stage: 'answer' });
      expect(runs[0]).toMatchObject({ unknownPriceAttempts: 1, outcome: null, value: null });
      const ended = async (kind: 'escalated' | 'success' | 'open') =>
        (await under.ledger.newestRuns({ ...everything, outcome: kind }, { limit: 10 })).map((run) => run.run);
      expect(await ended('escalated')).toEqual(['run_1']);
      expect(await ended('success')).toEqual([]);
      expect(await ended('open')).toEqual(['run_5', 'run_4']);
    });

    test('runs go on after the one named, also where stages are told apart', async () => {
      await under.append(...attempts);
      const [first] = await under.ledger.newestRuns(everything, { limit: 1 });
      const before = { atMs: first?.startedAtMs ?? 0, id: first?.run ?? '' };
      const rest = await under.ledger.newestRuns(everything, { limit: 5, before });
      expect(rest.map((run) => run.run)).toEqual(['run_4', 'run_1']);
      const moderated = await under.ledger.newestRuns({ range: march, where: { stage: ['moderate'] } }, { limit: 5 });
      expect(moderated.map((run) => run.run)).toEqual(['run_1']);
    });

    test('performance counts failures, retries and silent meters, and gives quantiles by group', async () => {
      await under.append(...attempts);
      const rows = await under.ledger.performance({ ...everything, by: ['workflow'] });
      expect(rows.map((row) => row.dimensions.workflow)).toEqual(['support', 'search']);
      expect(rows[0]).toMatchObject({
        ...{ calls: 2, attempts: 3, failedAttempts: 1, furtherAttempts: 1, silentAttempts: 0, streamedAttempts: 0 },
        cost: cost(attempts.slice(0, 3)),
      });
      const p50 = rows[0]?.durationMs?.p50 ?? 0;
      expect(Math.abs(p50 / 300 - 1)).toBeLessThanOrEqual(0.01);
      expect(rows[1]).toMatchObject({ silentAttempts: 1, unknownPriceAttempts: 1, streamedAttempts: 1 });
      const byDay = await under.ledger.performance({ ...everything, by: ['day'] });
      expect(byDay.map((row) => row.dimensions.day)).toEqual(['2026-03-02', '2026-03-03']);
      expect(byDay[1]?.firstTokenMs).toBeNull();
      await expect(under.ledger.performance({ ...everything, by: ['bucket'] })).rejects.toMatchObject({
        code: 'bad_request',
      });
    });

    test('lines by group sum to the costs of the group', async () => {
      await under.append(...attempts);
      const rows = await under.ledger.lines({ range: march, where: { workflow: ['support'] }, by: ['stage'] });
      expect(sumUsd(rows.map((row) => row.cost))).toEqual(cost(attempts.slice(0, 3)));
      expect(
        rows.filter((row) => row.dimensions.stage === 'moderate').map((row) => [row.bucket, row.quantity]),
      ).toEqual(expect.arrayContaining([['input', 1_000]]));
    });

    test('the size counts what is kept', async () => {
      expect(await under.ledger.size()).toMatchObject({ attempts: 0, oldestAttemptMs: null });
      await under.append(...attempts);
      await under.ledger.recordOutcome(outcome('run_1', 'success'));
      const size = await under.ledger.size();
      expect(size).toMatchObject({ attempts: 5, outcomes: 1, oldestAttemptMs: caseStartMs });
      expect(size.bytes).toBeGreaterThan(0);
    });
  });
}
