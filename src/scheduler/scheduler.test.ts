import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { idSource, type ManualClock, manualClock } from '../base/index.ts';
import type { AlertRecord, Books } from '../books/index.ts';
import { openSqliteBooks } from '../books/sqlite/index.ts';
import { parseConfig } from '../config/index.ts';
import { alertTask } from './alert-task.ts';
import { openChannels } from './channels/open-channels.ts';
import { deliveryTask, triesMax } from './delivery-task.ts';
import { retentionRule } from './retention-task.ts';
import { leaseMs, type Task, taskRunner } from './run-tasks.ts';

const startMs = Date.UTC(2026, 2, 2, 12);
const quiet = () => undefined;

let clock: ManualClock;
let books: Books;
let folder: string;
beforeEach(async () => {
  clock = manualClock(startMs);
  folder = mkdtempSync(join(tmpdir(), 'scheduler-'));
  books = await openSqliteBooks({ path: join(folder, 'books.db'), clock, ids: idSource(clock) });
});
afterEach(async () => {
  await books.close();
  rmSync(folder, { recursive: true });
});

describe('running tasks', () => {
  const counting = (name: string, everyMs: number, work: () => Promise<void> = async () => undefined) => {
    const runs: number[] = [];
    const task: Task = {
      name,
      everyMs,
      run(nowMs) {
        runs.push(nowMs - startMs);
        return work();
      },
    };
    return { task, runs };
  };
  const runner = (holder: string, ...tasks: Task[]) =>
    taskRunner({ tasks, books: books.tasks, clock, holder, log: quiet });

  test('a task runs when it is due, once for all the times it missed, and after a restart not too soon', async () => {
    const { task, runs } = counting('a', 1_000);
    const first = runner('one', task);
    await first.tick();
    clock.advance(999);
    await first.tick();
    clock.advance(5_000);
    await first.tick();
    await first.stop();
    await runner('two', task).tick();
    clock.advance(1_000);
    await runner('two', task).tick();
    expect(runs).toEqual([0, 5_999, 6_999]);
  });

  test('one of two leads; the other follows when it is not heard of any more', async () => {
    const [a, b] = [counting('x', 1), counting('x', 1)];
    await runner('one', a.task).tick();
    clock.advance(10);
    await runner('two', b.task).tick();
    clock.advance(leaseMs);
    await runner('two', b.task).tick();
    expect([a.runs.length, b.runs.length]).toEqual([1, 1]);
  });

  test('a run never overlaps itself, and a failure harms no other task', async () => {
    let finish: () => void = () => undefined;
    const slow = counting(
      'slow',
      1,
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    const bad = counting('bad', 1, () => Promise.reject(new Error('no')));
    const both = runner('one', bad.task, slow.task);
    const ticks = [both.tick(), both.tick()];
    await expect.poll(() => slow.runs.length).toBe(1);
    finish();
    await Promise.all(ticks);
    expect([slow.runs.length, bad.runs.length]).toEqual([1, 1]);
    expect(await books.tasks.list()).toMatchObject([
      { name: 'bad', failure: 'no' },
      { name: 'slow', failure: null },
    ]);
  });

  test('stopping ends what is under way', async () => {
    const slow = counting('slow', 1, () => new Promise(() => undefined));
    const one = runner('one', slow.task);
    const tick = one.tick();
    await expect.poll(() => slow.runs.length).toBe(1);
    await one.stop();
    await tick;
  });
});

describe('telling of alerts', () => {
  const alert: AlertRecord = {
    ...{ id: 'alert_1', key: 'k', rule: 'r', kind: 'token-spike', severity: 'ticket', subject: { workflow: 'w' } },
    ...{ state: 'firing', summary: 'w takes <3 times its usual tokens', evidence: { tokens: 5 }, link: '/costs' },
    ...{ once: false, startedAtMs: startMs, lastSeenAtMs: startMs, resolvedAtMs: null, silencedUntilMs: 0 },
    acknowledgedBy: null,
  };
  let server: Server;
  let url: string;
  const received: { body: string; headers: NodeJS.Dict<string | string[]> }[] = [];
  let status = 200;
  beforeEach(async () => {
    received.length = 0;
    status = 200;
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        received.push({ body, headers: request.headers });
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const delivery = { id: 'd1', alertId: 'alert_1', channel: 'ops', change: 'fired', tries: 0 } as const;
    await books.alerts.save([alert], [{ ...delivery, dueAtMs: startMs }]);
  });
  afterEach(() => {
    server.close();
  });
  const deliver = (format: 'json' | 'slack') =>
    deliveryTask({
      alerts: books.alerts,
      channels: openChannels({ ops: { webhook: url, format, secret: 'shh' } }, clock, fetch),
      publicUrl: 'http://burnrate.test',
      log: quiet,
    }).run(clock.nowMs(), new AbortController().signal);

  test('a webhook is signed over its time and body', async () => {
    await deliver('json');
    const [post] = received;
    const seconds = startMs / 1_000;
    const digest = createHmac('sha256', 'shh').update(`${seconds}.${post?.body}`).digest('hex');
    expect(post?.headers['burnrate-signature']).toBe(`t=${seconds},v1=${digest}`);
    expect(JSON.parse(post?.body ?? '')).toMatchObject({
      id: 'alert_1',
      change: 'fired',
      url: 'http://burnrate.test/costs',
    });
    expect(await books.alerts.due(startMs, 5)).toEqual([]);
  });

  test('Slack gets a text and blocks, with nothing in them that it would take for markup', async () => {
    await deliver('slack');
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
      text: 'FIRED ticket: w takes <3 times its usual tokens',
      blocks: [{ text: { text: '*FIRED ticket: w takes &lt;3 times its usual tokens*' } }, {}, {}],
    });
  });

  test('what does not arrive is tried again later and later, and given up in the end', async () => {
    status = 503;
    const gaps: number[] = [];
    for (;;) {
      await deliver('json');
      const [next] = await books.alerts.due(8e15, 5);
      if (!next) break;
      gaps.push(next.dueAtMs - clock.nowMs());
      clock.advance(next.dueAtMs - clock.nowMs());
    }
    expect(received).toHaveLength(triesMax);
    expect(gaps.slice(0, 3)).toEqual([15_000, 30_000, 60_000]);
    expect(new Set(received.map((post) => post.headers['burnrate-delivery'])).size).toBe(1);
  });

  describe('stopping in the middle of a message', () => {
    let answer: () => void;
    beforeEach(() => {
      server.removeAllListeners('request');
      server.on('request', (request, response) => {
        received.push({ body: '', headers: request.headers });
        answer = () => void response.writeHead(status).end();
      });
    });
    const start = () => {
      const channels = openChannels({ ops: { webhook: url, format: 'json' } }, clock, fetch);
      const task = deliveryTask({ alerts: books.alerts, channels, publicUrl: '', log: quiet });
      const runner = taskRunner({ tasks: [task], books: books.tasks, clock, holder: 'one', log: quiet });
      return { runner, tick: runner.tick() };
    };

    test('waits until it arrived, begins no other, and it does not come again', async () => {
      const second = { id: 'd2', alertId: 'alert_1', channel: 'ops', change: 'resolved', tries: 0 } as const;
      await books.alerts.save([], [{ ...second, dueAtMs: startMs + 1 }]);
      clock.advance(1);
      const { runner, tick } = start();
      await expect.poll(() => received.length).toBe(1);
      const stopped = runner.stop();
      answer();
      await stopped;
      await tick;
      expect(await books.alerts.due(8e15, 5)).toMatchObject([{ id: 'd2', tries: 0 }]);
      expect(received).toHaveLength(1);
    });

    test('waits no longer than a while for a receiver that says nothing', async () => {
      const { runner, tick } = start();
      await expect.poll(() => received.length).toBe(1);
      await runner.stop();
      await tick;
      expect(await books.alerts.due(8e15, 5)).toMatchObject([{ id: 'd1' }]);
      server.closeAllConnections();
    }, 20_000);
  });

  test('an alert silenced meanwhile is not told', async () => {
    await books.alerts.silence('alert_1', startMs + 1, 'ada');
    await deliver('json');
    expect(received).toEqual([]);
  });
});

test('an alert and its messages are written once, for the channels of its rule', async () => {
  const config = parseConfig(
    `version: 1
alerts:
  channels: { ops: { webhook: http://x.test }, all: { webhook: http://y.test } }
  rules: [{ kind: silent-meter, notify: ops }]
`,
    { environment: {}, file: 'burnrate.yaml' },
  );
  const silent = {
    dimensions: { provider: 'p', model: 'm', usageSource: 'absent', priceState: 'known' },
    attempts: 50,
  };
  const feed = { costs: async () => ({ rows: [silent], total: silent, rowsLeftOut: 0 }) } as never;
  const task = alertTask({
    config,
    feed,
    alerts: books.alerts,
    budgets: books.budgets,
    ids: idSource(clock),
    standings: async () => [],
  });
  const signal = new AbortController().signal;
  await task.run(clock.nowMs(), signal);
  clock.advance(60_000);
  await task.run(clock.nowMs(), signal);
  expect(await books.alerts.list({ limit: 5 })).toMatchObject([{ kind: 'silent-meter', state: 'firing' }]);
  expect(await books.alerts.due(clock.nowMs(), 5)).toMatchObject([{ channel: 'ops', change: 'fired' }]);
});

test('the retention of the file is the rule of the ledger', () => {
  const config = parseConfig(
    `version: 1
retention: { attempts: 90d, sampled: { keep: 180d, share: 0.05 }, aggregates: 1000d }
workflows:
  quick: { retention: { attempts: 30d }, stages: { only: { model: openai/gpt-5-mini } } }
  secret: { retention: { attempts: 7d, sampled: { keep: 7d, share: 0 } }, stages: { only: { model: openai/gpt-5-mini } } }
  rare: { retention: { sampled: { keep: 365d, share: 0.5 } }, stages: { only: { model: openai/gpt-5-mini } } }
`,
    { environment: {}, file: 'burnrate.yaml' },
  );
  const day = 86_400_000;
  const sampled = { keepMs: 180 * day, share: 0.05 };
  expect(retentionRule(config)).toEqual({
    ...{ keepAttemptsMs: 90 * day, sampled, keepAggregatesMs: 1_000 * day },
    workflows: {
      quick: { keepAttemptsMs: 30 * day, sampled },
      secret: { keepAttemptsMs: 7 * day },
      rare: { keepAttemptsMs: 90 * day, sampled: { keepMs: 365 * day, share: 0.5 } },
    },
  });
});
