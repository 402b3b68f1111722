import { describe, expect } from 'vitest';
import { type BooksHarness, booksTest, contractStartMs as startMs } from './books.contract.ts';
import { type NewReview, type ReviewQuery, type ReviewVerdict, reviewLimits } from './reviews.ts';

const minuteMs = 60_000;

const review = (id: string, changes: Partial<NewReview> = {}): NewReview => ({
  ...{ id, kind: 'application', callId: `call_${id}`, run: `run_${id}`, role: 'support-agent' },
  ...{
    labels: { workflow: 'support', stage: 'answer', team: 'care' },
    workflow: 'support',
    stage: 'answer',
    reason: 'unsure',
    link: 'https://x.test/1',
  },
  ...changes,
});

const verdict = (changes: Partial<ReviewVerdict> = {}): ReviewVerdict => ({
  ...{ reviewer: 'ada', decision: 'approve', minutes: null, note: null, as: 'operator' },
  ...changes,
});

/** What every engine promises about the queue of reviews. */
export function reviewsContract(name: string, makeHarness: () => BooksHarness): void {
  describe(`reviews in the books: ${name}`, () => {
    const test = booksTest(makeHarness).extend('ids', ({ books }) => async (query: ReviewQuery) => {
      return (await books.reviews.list(query)).map(({ id }) => id);
    });

    test('a review comes back as it was sent; sent again it is the same, with other content refused', async ({
      books,
    }) => {
      const [added] = await books.reviews.add([review('a')], 'app');
      expect(added).toMatchObject({ ok: true, repeated: false, review: { ...review('a'), state: 'waiting' } });
      const again = await books.reviews.add([review('a'), review('a', { reason: 'other' })], 'app');
      expect(again).toMatchObject([
        { ok: true, repeated: true },
        { ok: false, reason: 'conflict' },
      ]);
      expect(await books.audit.list({ actionPrefix: 'review.' })).toHaveLength(1);
      expect(await books.reviews.counts()).toEqual({ waiting: 1, started: 0, oldestWaitingAtMs: startMs });
    });

    test('time is measured from start to decision, and becomes the minutes', async ({ books, clock }) => {
      await books.reviews.add([review('a')], 'app');
      expect(await books.reviews.start('a', 'ada', 'local')).toMatchObject({ ok: true, review: { state: 'started' } });
      clock.advance(3 * minuteMs);
      const decided = await books.reviews.decide('a', verdict({ decision: 'correct', note: 'tone' }), 'local');
      expect(decided).toMatchObject({
        ...{ ok: true, repeated: false },
        review: {
          ...{ state: 'decided', decision: 'correct', minutes: 3, minutesStated: false, reviewer: 'ada', note: 'tone' },
          ...{ decidedBy: 'local', decidedAs: 'operator', decidedAtMs: startMs + 3 * minuteMs },
        },
      });
      clock.advance(minuteMs);
      const same = await books.reviews.decide('a', verdict({ decision: 'correct', note: 'tone' }), 'local');
      expect(same).toMatchObject({ ok: true, repeated: true, review: { minutes: 3 } });
      expect(await books.reviews.decide('a', verdict(), 'local')).toMatchObject({ ok: false, reason: 'decided' });
      expect(await books.reviews.start('a', 'bob', 'local')).toMatchObject({ ok: false, reason: 'decided' });
      const actions = (await books.audit.list({ subject: 'a' })).map((entry) => entry.action);
      expect(actions).toEqual(['review.decide', 'review.start', 'review.add']);
    });

    test.for([
      [{ minutes: 7.5 }, { ok: true, review: { minutes: 7.5, minutesStated: true } }],
      [{}, { ok: false, reason: 'not_started' }],
    ] as const)('decided without being started, %j', async ([said, expected], { books }) => {
      await books.reviews.add([review('a')], 'app');
      expect(await books.reviews.decide('a', verdict(said), 'local')).toMatchObject(expected);
    });

    test('one has it at a time; it can be given back, and taken from one who says nothing', async ({
      books,
      clock,
    }) => {
      await books.reviews.add([review('a')], 'app');
      await books.reviews.start('a', 'ada', 'local');
      expect(await books.reviews.start('a', 'ada', 'local')).toMatchObject({ ok: true, repeated: true });
      expect(await books.reviews.start('a', 'bob', 'local')).toMatchObject({ ok: false, reason: 'taken' });
      expect(await books.reviews.decide('a', verdict({ reviewer: 'bob' }), 'local')).toMatchObject({ reason: 'taken' });
      clock.advance(2 * minuteMs);
      await books.reviews.release('a', 'ada', 'local');
      expect(await books.reviews.release('a', 'ada', 'local')).toMatchObject({ ok: true, repeated: true });
      clock.advance(50 * minuteMs);
      await books.reviews.start('a', 'bob', 'local');
      clock.advance(reviewLimits.stretchMsMax + 5 * minuteMs);
      expect(await books.reviews.start('a', 'eve', 'local')).toMatchObject({ ok: true });
      clock.advance(minuteMs);
      const decided = await books.reviews.decide('a', verdict({ reviewer: 'eve' }), 'local');
      // Two minutes of the first, a bounded stretch of the second, one minute of the third.
      expect(decided).toMatchObject({ review: { minutes: 3 + reviewLimits.stretchMsMax / minuteMs } });
    });

    test('nothing is done to what is not there', async ({ books }) => {
      const missing = { ok: false, reason: 'not_found' };
      expect(await books.reviews.start('x', 'ada', 'local')).toEqual(missing);
      expect(await books.reviews.release('x', 'ada', 'local')).toEqual(missing);
      expect(await books.reviews.decide('x', verdict(), 'local')).toEqual(missing);
      expect(await books.reviews.get('x')).toBeNull();
    });

    test('what waits comes oldest first, everything newest first, page by page', async ({ books, clock, ids }) => {
      for (const id of ['a', 'b', 'c']) {
        await books.reviews.add([review(id, { kind: id === 'b' ? 'sample' : 'application' })], 'app');
        clock.advance(1);
      }
      expect(await ids({ state: 'waiting', limit: 2 })).toEqual(['a', 'b']);
      expect(await ids({ state: 'waiting', limit: 2, afterId: 'b' })).toEqual(['c']);
      expect(await ids({ limit: 2 })).toEqual(['c', 'b']);
      expect(await ids({ limit: 2, afterId: 'b' })).toEqual(['a']);
      expect(await ids({ kind: 'sample', limit: 9 })).toEqual(['b']);
      expect(await ids({ workflow: 'support', stage: 'none', limit: 9 })).toEqual([]);
    });

    test('what was decided is named until it is said to be recorded; then it may be forgotten in time', async ({
      books,
      ids,
    }) => {
      await books.reviews.add([review('a'), review('b', { kind: 'sample' }), review('c')], 'app');
      await books.reviews.decide('a', verdict({ minutes: 1 }), 'local');
      expect((await books.reviews.unrecorded(5)).map(({ id }) => id)).toEqual(['a']);
      expect(await books.reviews.prune(startMs, startMs + 1)).toBe(0);
      await books.reviews.markRecorded(['a']);
      expect(await books.reviews.unrecorded(5)).toEqual([]);
      expect(await books.reviews.prune(startMs + 1, startMs + 1)).toBe(2);
      expect(await ids({ limit: 9 })).toEqual(['c']);
    });

    test('a full queue takes nothing more', async ({ books }) => {
      const many = Array.from({ length: reviewLimits.openMax }, (_, index) => review(`r${index}`));
      await books.reviews.add(many, 'app');
      const results = await books.reviews.add([review('more'), review('r0')], 'app');
      expect(results).toMatchObject([
        { ok: false, reason: 'full' },
        { ok: true, repeated: true },
      ]);
    });
  });
}
