import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerWith, ask, openRig, type Rig } from './test-rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const long = 'x'.repeat(300_000);
const chat = (model: string) =>
  ask(rig.port, {
    path: '/v1/chat/completions',
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  });

describe('what is written down of a call is bounded', () => {
  test('a model name of any length goes out as it is and is kept short', async () => {
    rig.script = answerWith('{}');
    expect((await chat(long)).status).toBe(200);
    expect(JSON.parse(rig.received[0]?.body.toString() ?? '')).toMatchObject({ model: long });
    expect(rig.journal.begun[0]?.modelRequested).toBe('x'.repeat(256));
    expect(JSON.stringify(rig.journal.ended).length).toBeLessThan(5_000);
  });

  test('so is what a provider says of itself', async () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    const body = JSON.stringify({
      id: long.slice(0, 50_000),
      model: long.slice(0, 50_000),
      service_tier: long.slice(0, 50_000),
      usage,
    });
    rig.script = (_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json', 'x-request-id': long.slice(0, 10_000) });
      res.end(body);
    };
    const answer = await chat('test-model');
    expect([answer.status, answer.body.toString()]).toEqual([200, body]);
    expect(rig.journal.ended).toHaveLength(1);
    expect(JSON.stringify(rig.journal.ended).length).toBeLessThan(5_000);
  });
});

test('an answer that inflates without end reaches the client whole, unread', async () => {
  const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
  rig.script = (_req, res) => {
    res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    res.end(bomb);
  };
  const answer = await chat('test-model');
  expect([answer.status, answer.body.equals(bomb)]).toEqual([200, true]);
  expect(rig.journal.ended).toMatchObject([{ failure: 'malformed' }]);
});
