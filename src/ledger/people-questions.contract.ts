import { describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../test/cases/attempts.ts';
import type { HumanWork } from '../tree/index.ts';
import { cost, type LedgerUnderTest, march, useLedger } from './ledger-under-test.contract.ts';
import type { ToldUsage } from './people-questions.ts';

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
