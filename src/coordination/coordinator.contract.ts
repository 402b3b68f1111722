import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ManualClock } from '../base/index.ts';
import type { LimitRule } from '../policy/index.ts';
import type { Coordinator, KeptAnswer, PaceStep } from './coordinator.ts';

export interface CoordinatorRig {
  /** Two gateways of one instance; the same one twice where there is only one. */
  readonly first: Coordinator;
  readonly second: Coordinator;
  readonly clock: ManualClock;
  /** Resolves when all that was told before has arrived. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export function rule(changes: Partial<LimitRule>): LimitRule {
  return { name: 'r', scope: {}, per: [], requests: null, tokens: null, concurrent: null, cooldownMs: 0, ...changes };
}

export const of = (changes: Partial<LimitRule>, instance = ''): PaceStep[] => [{ rule: rule(changes), instance }];
const requests = (count: number) => ({ requests: { count, perMs: 60_000 } });

/** What every coordinator does, however its gateways reach it. */
export function coordinatorContract(name: string, open: () => Promise<CoordinatorRig>): void {
  describe(name, () => {
    let rig: CoordinatorRig;
    beforeEach(async () => {
      rig = await open();
    });
    afterEach(() => rig.close());

    const take = async (from: Coordinator, id: string, steps: readonly PaceStep[], tokens = 0) =>
      from.takePaces(id, steps, tokens);

    test('a limit counts the calls of all gateways together', async () => {
      const { first, second } = rig;
      expect(await take(first, 'a', of(requests(2)))).toMatchObject([{ name: 'r', remaining: 1, quota: 2 }]);
      expect(await take(second, 'b', of(requests(2)))).toMatchObject([{ remaining: 0 }]);
      await expect(take(first, 'c', of(requests(2)))).rejects.toMatchObject({
        code: 'rate_limited',
        retryAfterMs: 30_000,
        facts: { limit: 'r' },
      });
    });

    test('instances of a limit count apart', async () => {
      await take(rig.first, 'a', of(requests(1), 'ada'));
      await take(rig.second, 'b', of(requests(1), 'bob'));
      await expect(take(rig.second, 'c', of(requests(1), 'ada'))).rejects.toMatchObject({ code: 'rate_limited' });
    });

    test('a call takes of all its limits or of none', async () => {
      const both = [...of({ name: 'wide', ...requests(5) }), ...of({ name: 'narrow', ...requests(1) })];
      await take(rig.first, 'a', both);
      await expect(take(rig.second, 'b', both)).rejects.toMatchObject({ facts: { limit: 'narrow' } });
      const [wide] = await take(rig.first, 'c', of({ name: 'wide', ...requests(5) }));
      expect(wide?.remaining).toBe(3);
    });

    test('calls in flight come back when they end, once', async () => {
      const one = of({ concurrent: 1 });
      await take(rig.first, 'a', one);
      await expect(take(rig.second, 'b', one)).rejects.toMatchObject({ code: 'rate_limited' });
      rig.first.endPaces('a', 0);
      rig.first.endPaces('a', 0);
      rig.second.endPaces('b', 0);
      await rig.settled();
      await take(rig.second, 'c', one);
      await expect(take(rig.first, 'd', one)).rejects.toMatchObject({ code: 'rate_limited' });
    });

    test('a limit of tokens refuses what is more than is left', async () => {
      const tokens = of({ tokens: { count: 100, perMs: 60_000 } });
      expect(await take(rig.first, 'a', tokens, 80)).toMatchObject([{ remaining: 20 }]);
      await expect(take(rig.second, 'b', tokens, 30)).rejects.toMatchObject({
        code: 'rate_limited',
        retryAfterMs: 6_000,
      });
    });

    test('tokens are corrected to what a call used', async () => {
      const tokens = of({ tokens: { count: 100, perMs: 60_000 } });
      await take(rig.first, 'a', tokens, 80);
      rig.first.endPaces('a', 10);
      await rig.settled();
      expect(await take(rig.second, 'b', tokens, 90)).toMatchObject([{ remaining: 0 }]);
    });

    test('an exceeded limit cools down for everyone', async () => {
      const cooling = of({ ...requests(1), cooldownMs: 120_000 });
      await take(rig.first, 'a', cooling);
      await expect(take(rig.first, 'b', cooling)).rejects.toMatchObject({ code: 'rate_limited' });
      rig.clock.advance(90_000);
      await expect(take(rig.second, 'c', cooling)).rejects.toMatchObject({ code: 'cooldown', retryAfterMs: 30_000 });
    });

    test('one call of a key has its turn in each gap', async () => {
      expect(await rig.first.takeTurn('ada', 5_000)).toEqual({ ok: true });
      rig.clock.advance(2_000);
      expect(await rig.second.takeTurn('ada', 5_000)).toEqual({ ok: false, retryAfterMs: 3_000 });
      expect(await rig.second.takeTurn('bob', 5_000)).toEqual({ ok: true });
      rig.clock.advance(3_000);
      expect(await rig.second.takeTurn('ada', 5_000)).toEqual({ ok: true });
    });

    const minute = 60_000;
    test.each([
      ['at once', 0, '', true, true],
      ['within the interaction gap', 2 * minute, '', true, true],
      ['within the session gap', 2 * minute + 1, '', true, false],
      ['later in the same run', 20 * minute, 'run-1', true, true],
      ['beyond the session gap', 30 * minute + 1, 'run-1', false, false],
    ])('a conversation goes on: %s', async (_name, gapMs, run, sameSession, sameInteraction) => {
      const begun = await rig.first.joinConversation('u', { run: 'run-1' });
      rig.clock.advance(gapMs);
      const next = await rig.second.joinConversation('u', { run });
      expect(begun.session === next.session).toBe(sameSession);
      expect(begun.interaction === next.interaction).toBe(sameInteraction);
    });

    test('what a call says of its conversation holds for the next', async () => {
      await rig.first.joinConversation('u', { session: 'told', run: '' });
      const { session, interaction } = await rig.second.joinConversation('u', { interaction: 'mine', run: '' });
      expect([session, interaction]).toEqual(['told', 'mine']);
      expect((await rig.first.joinConversation('v', { run: '' })).session).not.toBe('told');
    });

    test('the end of a call keeps its conversation warm', async () => {
      const begun = await rig.first.joinConversation('u', { run: '' });
      rig.clock.advance(5 * minute);
      rig.first.touchConversation('u');
      await rig.settled();
      rig.clock.advance(minute);
      expect(await rig.second.joinConversation('u', { run: '' })).toEqual(begun);
    });

    test("a client's retry is the next attempt of its call, at whichever gateway", async () => {
      const call = { callId: 'call_1', run: 'run_1', attribution: { user: 'u', run: 'run_1' }, inferred: [] };
      expect(await rig.first.nextAttempt('k')).toBeNull();
      rig.first.rememberCall('k', call);
      await rig.settled();
      expect(await rig.second.nextAttempt('k')).toEqual({ call, attemptNumber: 2 });
      rig.clock.advance(9 * minute);
      expect(await rig.first.nextAttempt('k')).toEqual({ call, attemptNumber: 3 });
      rig.clock.advance(10 * minute + 1);
      expect(await rig.first.nextAttempt('k')).toBeNull();
    });

    test('an interaction is counted until that is taken back', async () => {
      expect(await rig.first.interactionCounted('i')).toBe(false);
      rig.first.noteInteraction('i', true);
      await rig.settled();
      expect(await rig.second.interactionCounted('i')).toBe(true);
      rig.second.noteInteraction('i', false);
      await rig.settled();
      expect(await rig.first.interactionCounted('i')).toBe(false);
    });

    const answer: KeptAnswer = { status: 200, headers: ['a', 'b'], body: Buffer.from('{"ok":true}') };

    test('an idempotency key is answered again with what the first request got', async () => {
      expect(await rig.first.beginIdempotent('k', 'f')).toEqual({ state: 'first' });
      expect(await rig.second.beginIdempotent('k', 'f')).toEqual({ state: 'running' });
      expect(await rig.second.beginIdempotent('k', 'other')).toEqual({ state: 'conflict' });
      rig.first.endIdempotent('k', { state: 'answered', answer });
      await rig.settled();
      expect(await rig.second.beginIdempotent('k', 'f')).toEqual({ state: 'answered', answer });
      rig.clock.advance(25 * 3_600_000);
      expect(await rig.second.beginIdempotent('k', 'f')).toEqual({ state: 'first' });
    });

    test.each([
      ['failed', 'first'],
      ['unkept', 'unkept'],
    ] as const)('a request that ended as %s makes the next one %s', async (state, next) => {
      await rig.first.beginIdempotent('k', 'f');
      rig.first.endIdempotent('k', { state });
      await rig.settled();
      expect(await rig.second.beginIdempotent('k', 'f')).toEqual({ state: next });
    });

    test('answers together take bounded memory: the oldest go first', async () => {
      const large = { ...answer, body: Buffer.alloc(30 * 1024 * 1024) };
      for (const id of ['a', 'b', 'c']) {
        await rig.first.beginIdempotent(id, 'f');
        rig.first.endIdempotent(id, { state: 'answered', answer: large });
        await rig.settled();
      }
      expect(await rig.second.beginIdempotent('a', 'f')).toEqual({ state: 'first' });
      expect((await rig.second.beginIdempotent('c', 'f')).state).toBe('answered');
    });
  });
}
