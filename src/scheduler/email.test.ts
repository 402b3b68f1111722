import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeSmtp, fakeSmtp } from '../../test/fakes/fake-smtp.ts';
import { idSource, type ManualClock, manualClock } from '../base/index.ts';
import type { AlertRecord, Books } from '../books/index.ts';
import { openSqliteBooks } from '../books/sqlite/index.ts';
import { openChannels } from './channels/open-channels.ts';
import { deliveryTask } from './delivery-task.ts';

const startMs = Date.UTC(2026, 2, 2, 8);
const alert: AlertRecord = {
  ...{ id: 'alert_1', key: 'k', rule: 'r', kind: 'token-spike', severity: 'page', subject: { workflow: 'w' } },
  ...{
    state: 'firing',
    summary: 'w takes 3 times its usual tokens – Überlast',
    evidence: { tokens: 5 },
    link: '/costs',
  },
  ...{ once: false, startedAtMs: startMs, lastSeenAtMs: startMs, resolvedAtMs: null, silencedUntilMs: 0 },
  acknowledgedBy: null,
};

let smtp: FakeSmtp;
let dir: string;
let books: Books;
let clock: ManualClock;
beforeEach(async () => {
  smtp = await fakeSmtp();
  dir = mkdtempSync(join(tmpdir(), 'mail-'));
  clock = manualClock(startMs);
  books = await openSqliteBooks({ path: join(dir, 'books.db'), clock, ids: idSource(clock) });
  const delivery = {
    id: 'd1',
    alertId: 'alert_1',
    channel: 'ops',
    change: 'fired',
    tries: 0,
    dueAtMs: startMs,
  } as const;
  await books.alerts.save([alert], [delivery]);
});
afterEach(async () => {
  await books.close();
  await smtp.close();
  rmSync(dir, { recursive: true });
});

const deliver = (url = smtp.url) => {
  const email = { smtp: url, from: 'burnrate@x.test', to: ['ops@x.test', 'cfo@x.test'] };
  const channels = openChannels({ ops: { format: 'json', email } }, clock, fetch);
  const task = deliveryTask({
    alerts: books.alerts,
    channels,
    publicUrl: 'http://burnrate.test',
    log: () => undefined,
  });
  return task.run(clock.nowMs(), new AbortController().signal);
};

const decoded = (text: string) =>
  text.replace(/=\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

test('a mail goes to everybody of the channel, with the evidence and where to look', async () => {
  await deliver();
  expect(smtp.mails).toHaveLength(1);
  const [{ from, to, text }] = smtp.mails as [FakeSmtp['mails'][number]];
  expect([from, to]).toEqual(['burnrate@x.test', ['ops@x.test', 'cfo@x.test']]);
  expect(text).toMatch(/^Message-ID: <d1@burnrate>$/m);
  expect(text).toMatch(/^Subject: /m);
  const content = Buffer.from(decoded(text), 'latin1').toString('utf8');
  expect(content).toContain('w takes 3 times its usual tokens – Überlast');
  expect(content).toContain('tokens: 5');
  expect(content).toContain('http://burnrate.test/costs');
  expect(await books.alerts.due(startMs, 5)).toEqual([]);
});

test('a mail that is refused, or finds no server, is tried again later under the same id', async () => {
  smtp.refuseNext = '451 try later';
  await deliver();
  expect(smtp.mails).toEqual([]);
  expect(await books.alerts.due(8e15, 5)).toMatchObject([{ id: 'd1', tries: 1 }]);
  clock.advance(15_000);
  await deliver('smtp://127.0.0.1:9');
  expect(await books.alerts.due(8e15, 5)).toMatchObject([{ id: 'd1', tries: 2 }]);
  clock.advance(30_000);
  await deliver();
  expect(smtp.mails[0]?.text).toContain('<d1@burnrate>');
  expect(await books.alerts.due(8e15, 5)).toEqual([]);
});
