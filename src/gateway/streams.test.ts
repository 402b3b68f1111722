import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, memoryJournal, openRig, type Rig, until } from './test-rig.ts';

const ask4 = { model: 'test-model', stream: true, messages: [{ role: 'user', content: 'Hello' }] };
const usage = '"usage":{"prompt_tokens":4,"completion_tokens":1,"total_tokens":5}';
const event = (text: string, more = '') =>
  `data: {"id":"c1","model":"test-model","choices":[{"delta":{"content":"${text}"}}]${more}}\n\n`;

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

describe('usage in OpenAI streams', () => {
  const upstreamText = `${event('a', ',"usage":null')}data: {"id":"c1","choices":[],${usage}}\n\ndata: [DONE]\n\n`;

  beforeEach(() => {
    rig.script = (_req, res) => res.writeHead(200, { 'content-type': 'text/event-stream' }).end(upstreamText);
  });

  test.each([
    ['no stream_options', ask4, `{"stream_options":{"include_usage":true},${JSON.stringify(ask4).slice(1)}`],
    [
      'options of the client’s own',
      { stream_options: { include_obfuscation: false }, ...ask4 },
      `{"stream_options":{"include_obfuscation":false,"include_usage":true},${JSON.stringify(ask4).slice(1)}`,
    ],
    [
      'an explicit no',
      { ...ask4, stream_options: { include_usage: false } },
      `${JSON.stringify(ask4).slice(0, -1)},"stream_options":{"include_usage":true}}`,
    ],
  ])('is asked for and taken out again: %s', async (_name, body, sent) => {
    const answer = await ask(rig.port, {
      path: '/v1/chat/completions',
      body: JSON.stringify(body),
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(rig.received[0]?.body.toString()).toBe(sent);
    expect(rig.received[0]?.headers['accept-encoding']).toBe('identity');
    expect(answer.body.toString()).toBe(`${event('a')}data: [DONE]\n\n`);
    expect(rig.journal.ended[0]).toMatchObject({ usage: { input: 4, output: 1 }, usageSource: 'reported' });
  });

  test('stays in when the client asked for it', async () => {
    const body = JSON.stringify({ ...ask4, stream_options: { include_usage: true } });
    const answer = await ask(rig.port, { path: '/v1/chat/completions', body });
    expect(rig.received[0]?.body.toString()).toBe(body);
    expect(answer.body.toString()).toBe(upstreamText);
  });
});

describe('a client that goes away', () => {
  /** Starts a stream, reads one chunk and hangs up; resolves with the upstream's side. */
  async function hangUp(
    headers: Record<string, string>,
  ): Promise<{ upstreamClosed: () => boolean; res: ServerResponse }> {
    let upstream: ServerResponse | null = null;
    let closed = false;
    rig.script = (_req, res) => {
      upstream = res;
      res.on('close', () => {
        closed = true;
      });
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write(event('12345678'));
    };
    const req = request({
      port: rig.port,
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'content-type': 'application/json', ...headers },
      agent: false,
    });
    req.on('error', () => undefined);
    req.on('response', (res) => res.once('data', () => req.destroy()));
    req.end(JSON.stringify(ask4));
    await until(() => req.destroyed && upstream !== null);
    return { upstreamClosed: () => closed, res: upstream as unknown as ServerResponse };
  }

  test('cancels the call upstream, which is booked as what was seen', async () => {
    const { upstreamClosed } = await hangUp({});
    await until(() => upstreamClosed() && rig.journal.ended.length === 1);
    expect(rig.journal.ended[0]).toMatchObject({
      failure: 'client_disconnect',
      usageSource: 'estimated',
      usage: { output: 2 },
    });
    expect(rig.gateway.stats().disconnects).toBe(1);
  });

  test('lets it finish when asked to', async () => {
    const { res, upstreamClosed } = await hangUp({ 'burnrate-on-disconnect': 'finish' });
    await until(() => rig.gateway.stats().inFlight === 1);
    res.end(`data: {"id":"c1","model":"test-model","choices":[],${usage}}\n\ndata: [DONE]\n\n`);
    await until(() => rig.journal.ended.length === 1);
    expect(upstreamClosed()).toBe(true);
    expect(rig.journal.ended[0]).toMatchObject({
      failure: null,
      usageSource: 'reported',
      usage: { input: 4, output: 1 },
    });
  });

  test('after it stopped reading holds up nothing of a call that is to finish', async () => {
    let sent = 0;
    let upstream: ServerResponse | null = null;
    rig.script = async (_req, res) => {
      upstream = res;
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      for (; sent < 400; sent++) {
        if (!res.write(event('x'.repeat(64 * 1024)))) await once(res, 'drain');
      }
      res.end(`data: {"id":"c1","model":"test-model","choices":[],${usage}}\n\ndata: [DONE]\n\n`);
    };
    const headers = { 'content-type': 'application/json', 'burnrate-on-disconnect': 'finish' };
    const req = request({ port: rig.port, method: 'POST', path: '/v1/chat/completions', headers, agent: false });
    req.on('error', () => undefined);
    req.end(JSON.stringify(ask4));
    const [answer] = (await once(req, 'response')) as [IncomingMessage];
    answer.pause();
    let before = -1;
    await until(() => {
      const stuck = upstream?.writableNeedDrain === true && sent === before;
      before = sent;
      return stuck;
    });
    req.destroy();
    await until(() => rig.journal.ended.length === 1);
    expect(sent).toBe(400);
    expect(rig.journal.ended[0]).toMatchObject({
      failure: null,
      usageSource: 'reported',
      usage: { input: 4, output: 1 },
    });
  });

  test('before the answer began', async () => {
    let closed = false;
    rig.script = (_req, res) => {
      res.on('close', () => {
        closed = true;
      });
    };
    const req = request({ port: rig.port, method: 'POST', path: '/v1/chat/completions', agent: false });
    req.on('error', () => undefined);
    req.end(JSON.stringify(ask4));
    await until(() => rig.received.length === 1);
    req.destroy();
    await until(() => closed && rig.journal.ended.length === 1);
    expect(rig.journal.ended[0]).toMatchObject({ failure: 'client_disconnect', status: 0, usageSource: 'estimated' });
  });
});

test('a client that goes away while its attempt is written down costs nothing', async () => {
  let release = (): void => undefined;
  const journal = memoryJournal();
  const slow = {
    ...journal,
    begin: () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  };
  const waiting = await openRig({ deps: { journal: slow } });
  const req = request({ port: waiting.port, method: 'POST', path: '/v1/chat/completions', agent: false });
  req.on('error', () => undefined);
  req.end(JSON.stringify(ask4));
  await until(() => waiting.gateway.stats().inFlight === 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  req.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  release();
  await until(() => journal.ended.length === 1);
  expect(waiting.received).toHaveLength(0);
  expect(journal.ended[0]).toMatchObject({ failure: 'client_disconnect', usageSource: 'none', priceState: 'none' });
  await waiting.close();
});

test('a slow reader holds the provider back instead of filling memory', async () => {
  const chunk = Buffer.from(event('z'.repeat(16_000)));
  const total = 4_000;
  let written = 0;
  rig.script = (_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    const pump = (): void => {
      while (written < total) {
        written++;
        if (!res.write(chunk)) return void res.once('drain', pump);
      }
      res.end();
    };
    pump();
  };
  const req = request({ port: rig.port, method: 'POST', path: '/anthropic/v1/messages', agent: false });
  const read = new Promise<number>((resolve) => {
    req.on('response', (res) => {
      res.pause();
      let stalledAt = -1;
      const timer = setInterval(() => {
        if (written !== stalledAt) {
          stalledAt = written;
          return;
        }
        clearInterval(timer);
        let bytes = 0;
        res.on('data', (data: Buffer) => {
          bytes += data.length;
        });
        res.on('end', () => resolve(bytes));
        res.resume();
        // 64 MB are waiting to be sent; what left the provider before it was held back is what sockets buffer.
        expect(stalledAt * chunk.length).toBeLessThan(24 * 1024 * 1024);
      }, 100);
    });
  });
  req.end(JSON.stringify({ model: 'test-model', stream: true, messages: [] }));
  expect(await read).toBeGreaterThanOrEqual(total * chunk.length);
  await until(() => rig.journal.ended.length === 1);
});
