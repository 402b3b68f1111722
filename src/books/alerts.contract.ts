import { describe, expect } from 'vitest';
import type { AlertRecord, Delivery } from './alerts.ts';
import { type BooksHarness, booksTest, contractStartMs as startMs } from './books.contract.ts';

function alert(id: string, changes: Partial<AlertRecord> = {}): AlertRecord {
  return {
    ...{ id, key: `key-${id}`, rule: 'r', kind: 'token-spike', severity: 'ticket', subject: { workflow: 'w' } },
    ...{ state: 'firing', summary: 's', evidence: { tokens: 5 }, link: '/costs', once: false, startedAtMs: startMs },
    ...{ lastSeenAtMs: startMs, resolvedAtMs: null, silencedUntilMs: 0, acknowledgedBy: null },
    ...changes,
  };
}

const delivery = (id: string, dueAtMs = startMs): Delivery => ({
  ...{ id, alertId: 'a', channel: 'ops', change: 'fired', tries: 0, dueAtMs },
});

/** What every engine promises about alerts and about what runs by itself. */
export function alertsContract(name: string, makeHarness: () => BooksHarness): void {
  describe(`alerts and tasks in the books: ${name}`, () => {
    const test = booksTest(makeHarness);

    test('an alert comes back as it was, and what people said of it stays when it changes', async ({ books }) => {
      await books.alerts.save([alert('a')], []);
      expect(await books.alerts.get('a')).toEqual(alert('a'));
      await books.alerts.silence('a', startMs + 5, 'ada');
      await books.alerts.acknowledge('a', 'ada');
      await books.alerts.save([alert('a', { summary: 'more' })], []);
      expect(await books.alerts.get('a')).toMatchObject({
        ...{ summary: 'more', silencedUntilMs: startMs + 5, acknowledgedBy: 'ada' },
      });
      const actions = (await books.audit.list({ subject: 'a' })).map((entry) => entry.action);
      expect(actions).toEqual(['alert.acknowledge', 'alert.silence']);
      expect(await books.alerts.silence('none', 1, 'ada')).toBeNull();
    });

    test('current are the newest of each key that fire, ended lately or are told once', async ({ books }) => {
      const ended = { state: 'resolved', resolvedAtMs: startMs + 10 } as const;
      await books.alerts.save(
        [
          alert('a', { key: 'k', ...ended }),
          alert('b', { key: 'k', startedAtMs: startMs + 20 }),
          alert('c', ended),
          alert('d', { ...ended, resolvedAtMs: startMs }),
          alert('e', { ...ended, resolvedAtMs: startMs, once: true }),
        ],
        [],
      );
      expect((await books.alerts.current(startMs + 5)).map(({ id }) => id).toSorted()).toEqual(['b', 'c', 'e']);
      expect((await books.alerts.list({ limit: 2 })).map(({ id }) => id)).toEqual(['b', 'e']);
      expect((await books.alerts.list({ limit: 9, beforeId: 'd', state: 'resolved' })).map(({ id }) => id)).toEqual([
        'c',
        'a',
      ]);
      expect(await books.alerts.prune(startMs + 5)).toBe(2);
    });

    test('a delivery is due until it is settled, and later after a failure', async ({ books }) => {
      await books.alerts.save([alert('a')], [delivery('1'), delivery('2', startMs + 50)]);
      await books.alerts.save([alert('a')], [delivery('1')]);
      expect((await books.alerts.due(startMs, 10)).map(({ id }) => id)).toEqual(['1']);
      await books.alerts.settle('1', { done: false, dueAtMs: startMs + 99 });
      expect(await books.alerts.due(startMs + 60, 10)).toEqual([delivery('2', startMs + 50)]);
      await books.alerts.settle('2', { done: true });
      expect(await books.alerts.due(startMs + 99, 10)).toMatchObject([{ id: '1', tries: 1 }]);
    });

    test('one leads until it resigns or its time is over', async ({ books, clock }) => {
      expect(await books.tasks.lead('scheduler', 'one', 100)).toBe(true);
      expect(await books.tasks.lead('scheduler', 'two', 100)).toBe(false);
      clock.advance(60);
      expect(await books.tasks.lead('scheduler', 'one', 100)).toBe(true);
      clock.advance(60);
      expect(await books.tasks.lead('scheduler', 'two', 100)).toBe(false);
      clock.advance(50);
      expect(await books.tasks.lead('scheduler', 'two', 100)).toBe(true);
      await books.tasks.resign('scheduler', 'one');
      expect(await books.tasks.lead('scheduler', 'one', 100)).toBe(false);
      await books.tasks.resign('scheduler', 'two');
      expect(await books.tasks.lead('scheduler', 'one', 100)).toBe(true);
    });

    test('a clock set back leaves nobody waiting for a leader that is gone', async ({ books, clock }) => {
      expect(await books.tasks.lead('scheduler', 'gone', 100)).toBe(true);
      clock.stepWall(-3_600_000);
      expect(await books.tasks.lead('scheduler', 'two', 100)).toBe(true);
      expect(await books.tasks.lead('scheduler', 'three', 100)).toBe(false);
    });

    test('the last run of a task is kept', async ({ books }) => {
      const run = { name: 'retention', startedAtMs: startMs, endedAtMs: null, failure: null };
      await books.tasks.note(run);
      await books.tasks.note({ ...run, endedAtMs: startMs + 5, failure: 'no' });
      expect(await books.tasks.list()).toEqual([{ ...run, endedAtMs: startMs + 5, failure: 'no' }]);
    });
  });
}
