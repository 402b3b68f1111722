/** Several workers behind one port act as one gateway: limits, repeated answers, retries and conversations count once. */
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, startStack } from './stack.ts';

const limited = 6;
const settings = `workers: 4
limits:
  - { name: minute, scope: { feature: paced }, requests: ${limited}/m }
  - { name: at-once, scope: { feature: crowded }, concurrent: 3 }
`;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ settings, scenario: { latency: { firstTokenMs: 1_000, perTokenMs: 0 } } });
});
afterAll(() => stack.stop());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Each call on a connection of its own, so that the kernel spreads them over the workers. */
function call(headers: Readonly<Record<string, string>>, content = 'Hello'): Promise<Answer> {
  const agent = new Agent({ keepAlive: false });
  const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }], max_tokens: 20 });
  return new Promise((resolve, reject) => {
    const sent = { 'content-type': 'application/json', ...headers };
    const options = { method: 'POST', agent, headers: sent };
    const asked = request(`${stack.origin}/v1/chat/completions`, options, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => {
        agent.destroy();
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks).toString() });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const many = (count: number, make: (index: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort();

interface Listed {
  readonly calls: readonly {
    readonly session?: string;
    readonly interaction?: string;
    readonly attempts: readonly { readonly number: number }[];
  }[];
}

describe('four workers', () => {
  test('let through what a limit on requests allows, and no more', async () => {
    const answers = await many(30, () => call({ 'burnrate-feature': 'paced' }));
    expect(statuses(answers)).toEqual([...Array(limited).fill(200), ...Array(30 - limited).fill(429)]);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body).toContain('minute');
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('have no more calls in flight at once than a limit allows, and as many again afterwards', async () => {
    for (const _round of [1, 2]) {
      const answers = await many(10, () => call({ 'burnrate-feature': 'crowded' }));
      const passed = answers.filter(({ status }) => status === 200).length;
      expect(passed).toBe(3);
    }
  });

  test('answer a repeated Idempotency-Key with the first answer, wherever it arrives', async () => {
    const key = { 'idempotency-key': 'order-7' };
    const first = await call(key, 'Once');
    const repeated = await many(12, () => call(key, 'Once'));
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(repeated.map(({ body }) => body)).toEqual(Array(12).fill(first.body));
    expect(repeated.map(({ headers }) => headers['idempotent-replayed'])).toEqual(Array(12).fill('true'));
    expect((await call(key, 'Something else')).status).toBe(422);
  });

  test('run one request of many that come at once with the same Idempotency-Key', async () => {
    const answers = await many(12, () => call({ 'idempotency-key': 'order-8' }, 'Race'));
    expect(statuses(answers)).toEqual([200, ...Array(11).fill(409)]);
  });
  test('keep a user in one session, and the retries of a client in one call', async () => {
    for (let index = 0; index < 5; index++) await call({ 'burnrate-user': 'ada' }, `Question ${index}`);
    for (const count of ['0', '1', '2', '3']) {
      await call({ 'burnrate-user': 'bob', 'x-stainless-retry-count': count }, 'Again');
    }
    const ofAda = await stack.until<Listed>('/api/calls?user=ada', ({ calls }) => calls.length === 5);
    expect(new Set(ofAda.calls.map(({ session }) => session)).size).toBe(1);
    expect(new Set(ofAda.calls.map(({ interaction }) => interaction)).size).toBe(1);
    const ofBob = await stack.until<Listed>('/api/calls?user=bob', ({ calls }) => calls[0]?.attempts.length === 4);
    expect(ofBob.calls.map(({ attempts }) => attempts.map(({ number }) => number))).toEqual([[1, 2, 3, 4]]);
  });
});
