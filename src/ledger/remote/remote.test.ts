import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { caseAttempt } from '../../../test/cases/attempts.ts';
import { BurnrateError, systemClock } from '../../base/index.ts';
import { encodeFrame, FrameReader, frameBytesMax } from '../../remote/index.ts';
import { openDuckDbLedger } from '../duckdb/index.ts';
import { ledgerContract } from '../ledger.contract.ts';
import type { Ledger } from '../ledger.ts';
import { connectLedger } from './connect-ledger.ts';
import { serveLedger } from './serve-ledger.ts';

ledgerContract('DuckDB over a socket', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ledger-'));
  const served = await openDuckDbLedger({ file: join(dir, 'ledger.duckdb'), clock: systemClock });
  const server = await serveLedger(served, join(dir, 'l.sock'));
  const ledger = connectLedger(join(dir, 'l.sock'), systemClock);
  return {
    ledger,
    async close() {
      await ledger.close();
      await server.close();
      await served.close();
      rmSync(dir, { recursive: true });
    },
  };
});

describe('connection', () => {
  let dir: string;
  let socketPath: string;
  const clients: Ledger[] = [];
  const client = (options = {}) => {
    const ledger = connectLedger(socketPath, systemClock, { connectWaitMs: 50, ...options });
    clients.push(ledger);
    return ledger;
  };
  const fake = (methods: Partial<Ledger>) => serveLedger(methods as Ledger, socketPath);

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'remote-'));
    socketPath = join(dir, 'l.sock');
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((ledger) => ledger.close()));
    rmSync(dir, { recursive: true });
  });

  test('a request without a ledger fails after a short wait', async () => {
    await expect(client().watermark('j')).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
  });

  test('a request waits for a ledger that is starting', async () => {
    const answer = client({ connectWaitMs: 10_000 }).watermark('j');
    const server = await fake({ watermark: async () => 7 });
    expect(await answer).toBe(7);
    await server.close();
  });

  test('requests under way fail when the ledger goes away, and the next one finds its successor', async () => {
    let asked: () => void = () => {};
    const arrived = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const first = await fake({
      pulse: () => {
        asked();
        return new Promise(() => {});
      },
    });
    const ledger = client({ connectWaitMs: 10_000 });
    const pulse = ledger.pulse();
    const failed = expect(pulse).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    await arrived;
    await first.close();
    await failed;
    const second = await fake({ watermark: async () => 8 });
    expect(await ledger.watermark('j')).toBe(8);
    await second.close();
  });

  test.each<[string, unknown, object]>([
    [
      'a coded error',
      new BurnrateError('bad_request', { message: 'no', retryAfterMs: 5, facts: { limit: 3 } }),
      { code: 'bad_request', message: 'no', retryAfterMs: 5, facts: { limit: 3 } },
    ],
    ['a defect', new TypeError('oops'), { code: 'internal', message: 'oops' }],
  ])('%s keeps what it says', async (_, thrown, expected) => {
    const server = await fake({ pulse: () => Promise.reject(thrown) });
    await expect(client().pulse()).rejects.toMatchObject(expected);
    await server.close();
  });

  test('answers find their requests in any order', async () => {
    const later: (() => void)[] = [];
    const server = await fake({
      watermark: (id) =>
        new Promise((resolve) => {
          later.push(() => resolve(Number(id)));
          if (later.length === 3) for (const answer of later.reverse()) answer();
        }),
    });
    const ledger = client();
    expect(await Promise.all(['1', '2', '3'].map((id) => ledger.watermark(id)))).toEqual([1, 2, 3]);
    await server.close();
  });

  test('a request that is never answered gives up', async () => {
    const server = await fake({ pulse: () => new Promise(() => {}) });
    await expect(client({ answerWaitMs: 20 }).pulse()).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    await server.close();
  });

  test('a method outside the list is refused', async () => {
    const server = await fake({ watermark: async () => 1 });
    const socket = connect(socketPath);
    socket.write(encodeFrame({ id: 1, method: 'close', arguments: [] }));
    const answer = await new Promise<unknown>((resolve) =>
      socket.on('data', (data) => resolve(new FrameReader().push(data)[0])),
    );
    expect(answer).toMatchObject({ id: 1, error: { code: 'internal' } });
    socket.destroy();
    await server.close();
  });

  test.each([
    ['a frame that is too large', Buffer.from([255, 255, 255, 255])],
    ['a frame that is damaged', Buffer.from([0, 0, 0, 2, 1, 1])],
  ])('%s closes that connection and no other', async (_, bytes) => {
    const server = await fake({ watermark: async () => 1 });
    const ledger = client();
    expect(await ledger.watermark('j')).toBe(1);
    const socket = connect(socketPath);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.write(bytes);
    await closed;
    expect(await ledger.watermark('j')).toBe(1);
    await server.close();
  });

  test('a message larger than a frame is refused before it is sent', async () => {
    const server = await fake({ call: async () => [] });
    await expect(client().call('x'.repeat(frameBytesMax))).rejects.toMatchObject({ code: 'body_too_large' });
    await server.close();
  });

  test('garbage from the other side fails the request', async () => {
    const server = createServer((socket) => socket.resume().end(Buffer.from([0, 0, 0, 1, 9]))).listen(socketPath);
    await expect(client().pulse()).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    await new Promise((resolve) => server.close(resolve));
  });
});

test('frames arrive whole whatever the pieces', () => {
  const messages = [{ a: 1n }, { b: undefined, c: caseAttempt('1') }, 'x'.repeat(10_000)];
  const bytes = Buffer.concat(messages.map(encodeFrame));
  for (const size of [1, 3, 7, 4_096, bytes.length]) {
    const reader = new FrameReader();
    const read: unknown[] = [];
    for (let at = 0; at < bytes.length; at += size) read.push(...reader.push(bytes.subarray(at, at + size)));
    expect(read).toEqual(messages);
  }
});
