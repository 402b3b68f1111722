import { beforeEach, describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../test/cases/attempts.ts';
import type { HumanWork, Outcome } from '../tree/index.ts';
import { cost, type LedgerUnderTest, march, useLedger } from './ledger-under-test.contract.ts';
import type { ToldUsage } from './people-questions.ts';

const dayMs = 86_400_000;

const work = (id: string, changes: Partial<HumanWork> = {}): HumanWork => ({
  ...{ id, kind: 'sample', decision: 'approve', callId: `call_${id}`, keyId: 'key_1', role: 'agent', minutes: 2.5 },
  ...{ atMs: caseStartMs, simulated: false, workflow: 'support', team: 'care' },
  ...changes,
});

const told = (id: string, content = 'c'): ToldUsage => ({ id, content, attempt: caseAttempt(id) });

/** What every ledger engine promises about people's work and about use that clients tell of. */
export function peopleQuestionsContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`people and told usage: ${name}`, () => {
    const under = useLedger(open);

    test('work is kept once and summed by what it was about', async () => {
      expect(await under.ledger.recordWork(work('1'))).toEqual({ repeated: false });
      expect(await under.ledger.recordWork(work('1', { minutes: 9 }))).toEqual({ repeated: true });
      await under.ledger.recordWork(work('2', { minutes: 4, tags: { shift: 'late' } }));
      await under.ledger.recordWork(work('3', { team: 'web', role: null, decision: 'reject', kind: 'application' }));
      await under.ledger.recordWork(work('4', { atMs: march.toMs }));
      const query = { range: march, where: {} };
      expect(await under.ledger.work({ ...query, by: ['team', 'day'] })).toEqual([
        {
          ...{ dimensions: { team: 'care', day: '2026-03-02' }, role: 'agent', kind: 'sample', decision: 'approve' },
          ...{ items: 2, minutes: 6.5 },
        },
        {
          ...{ dimensions: { team: 'web', day: '2026-03-02' }, role: null, kind: 'application', decision: 'reject' },
          ...{ items: 1, minutes: 2.5 },
        },
      ]);
      expect(await under.ledger.work({ ...query, where: { 'tag.shift': ['late'] }, by: [] })).toMatchObject([
        { items: 1, minutes: 4 },
      ]);
      await expect(under.ledger.work({ ...query, by: ['model'] })).rejects.toMatchObject({ code: 'bad_request' });
    });

    describe('what a review and the outcome of its run both tell of', () => {
      const run = 'run_1';
      const outcome: Outcome = {
        ...{ id: 'o1', run, outcome: 'escalated', value: null, humanMinutes: 10, role: 'agent', csat: null },
        ...{ atMs: caseStartMs, recordedAtMs: caseStartMs },
      };
      const told = async () => {
        const query = { range: march, where: {} };
        const [endings, workflows] = await Promise.all([
          under.ledger.endings(query, [['workflow'], ['model']]),
          under.ledger.workflows(march),
        ]);
        return [...[...endings, workflows].map((rows) => rows.reduce((sum, row) => sum + row.humanMinutes, 0))];
      };
      beforeEach(() => under.append(caseAttempt('1', { workflow: 'support', run })));

      test.each<[string, HumanWork[], number]>([
        ['nothing is reviewed', [], 10],
        ['a review takes part of the time', [work('1', { run, kind: 'escalation', minutes: 4 })], 6],
        [
          'two do',
          [work('1', { run, kind: 'escalation', minutes: 4 }), work('2', { run, kind: 'application', minutes: 1 })],
          5,
        ],
        ['reviews take longer than the outcome says', [work('1', { run, kind: 'escalation', minutes: 14 })], 0],
        ['a sample is not part of the run', [work('1', { run, kind: 'sample', minutes: 4 })], 10],
        ['another run is reviewed', [work('1', { run: 'run_2', kind: 'escalation', minutes: 4 })], 10],
        ['a review is sent twice', [1, 2].map(() => work('1', { run, kind: 'escalation', minutes: 4 })), 6],
      ])('counts once when %s, whatever comes first', async (_, works, left) => {
        await under.ledger.recordOutcome({ ...outcome, id: 'o0', atMs: caseStartMs - 1 });
        for (const each of works) await under.ledger.recordWork(each);
        await under.ledger.recordOutcome(outcome);
        expect(await told()).toEqual([left, left, left]);
        const later = { ...outcome, id: 'o2', run: 'run_5' };
        await under.append(caseAttempt('5', { workflow: 'support', run: 'run_5' }));
        await under.ledger.recordOutcome(later);
        for (const each of works)
          await under.ledger.recordWork({ ...each, id: `late-${each.id}`, run: each.run === run ? 'run_5' : 'x' });
        expect(await told()).toEqual([2 * left, 2 * left, 2 * left]);
      });

      test('and goes on counting once when the run is deleted; the minutes stay, without what points to it', async () => {
        await under.ledger.recordOutcome(outcome);
        await under.ledger.recordWork(work('1', { run, kind: 'escalation', minutes: 4, tags: { shift: 'late' } }));
        const before = await told();
        const query = { range: march, where: {} };
        const minutes = () => under.ledger.work({ ...query, by: ['workflow', 'team', 'day'] });
        const minutesBefore = await minutes();
        await under.ledger.applyRetention(
          { keepAttemptsMs: 7 * dayMs, keepAggregatesMs: 90 * dayMs },
          caseStartMs + 60 * dayMs,
        );
        expect((await told()).slice(0, 1)).toEqual(before.slice(0, 1));
        expect(await minutes()).toEqual(minutesBefore);
        expect(await under.ledger.work({ ...query, by: ['run', 'tag.shift'] })).toMatchObject([
          { dimensions: { run: null, 'tag.shift': null }, minutes: 4 },
        ]);
        await under.ledger.applyRetention(
          { keepAttemptsMs: 7 * dayMs, keepAggregatesMs: 90 * dayMs },
          caseStartMs + 99 * dayMs,
        );
        expect(await minutes()).toEqual([]);
      });
    });

    test('ids of told usage are known as long as usage of their time is kept', async () => {
      const later = { ...told('b'), attempt: caseAttempt('b', { startedAtMs: caseStartMs + 9 * dayMs }) };
      await under.ledger.recordUsage([told('a'), later]);
      await under.ledger.applyRetention({ keepAttemptsMs: 7 * dayMs }, caseStartMs + 10 * dayMs);
      expect(await under.ledger.recordUsage([later])).toMatchObject({ recorded: 0, repeated: 1 });
      expect(await under.ledger.recordUsage([told('a', 'other')])).toMatchObject({ recorded: 1 });
    });

    test('a share of the answered calls is the same whenever asked, and larger shares hold smaller ones', async () => {
      const ids = Array.from({ length: 400 }, (_, index) => `n${index}`);
      await under.append(
        ...ids.map((id) => caseAttempt(id, { workflow: 'support', stage: 'answer', customer: 'acme' })),
        caseAttempt('failed', { failure: 'timeout' }),
      );
      const pick = async (share: number, where = {}) =>
        (await under.ledger.answeredCalls({ range: march, where }, share, 1_000)).map(({ callId }) => callId);
      const [all, some] = [await pick(1), await pick(0.25)];
      expect(all).toHaveLength(400);
      expect(some.length).toBeGreaterThan(60);
      expect(some.length).toBeLessThan(140);
      expect(await pick(0.25)).toEqual(some);
      expect((await pick(0.1)).every((id) => some.includes(id))).toBe(true);
      expect(await pick(0)).toEqual([]);
      expect(await pick(1, { stage: ['other'] })).toEqual([]);
      const [first] = await under.ledger.answeredCalls({ range: march, where: {} }, 1, 1);
      expect(first).toMatchObject({ workflow: 'support', stage: 'answer', customer: 'acme', startedAtMs: caseStartMs });
    });

    test('told usage is there once, all of a batch or nothing', async () => {
      const first = [told('a'), told('b')];
      expect(await under.ledger.recordUsage(first)).toEqual({ ok: true, recorded: 2, repeated: 0 });
      const again = [told('b'), told('c'), told('c')];
      expect(await under.ledger.recordUsage(again)).toEqual({ ok: true, recorded: 1, repeated: 2 });
      const late = { ...told('a'), attempt: caseAttempt('a', { startedAtMs: caseStartMs + 9 }) };
      expect(await under.ledger.recordUsage([late])).toEqual({ ok: true, recorded: 0, repeated: 1 });
      const clash = await under.ledger.recordUsage([told('d'), told('a', 'other')]);
      expect(clash).toEqual({ ok: false, conflicts: ['a'] });
      const { total } = await under.costs([]);
      expect(total).toMatchObject({ attempts: 3, cost: cost([...first, told('c')].map(({ attempt }) => attempt)) });
    });
  });
}
