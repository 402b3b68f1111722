/** An alert of the built product reaches a webhook, Slack and a mailbox; what fails is tried again, also after a restart. */
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeSmtp, fakeSmtp } from '../fakes/fake-smtp.ts';
import { ask } from './ask.ts';
import { restartLater } from './later.ts';
import { type Stack, startStack } from './stack.ts';

interface Post {
  readonly path: string;
  readonly body: string;
  readonly delivery: string;
  readonly signature: string | undefined;
}

let stack: Stack;
let smtp: FakeSmtp;
let server: Server;
const posts: Post[] = [];
/** What the receiver answers, by path; 200 where it says nothing. */
const statuses: Record<string, number> = { '/hook': 503 };

beforeAll(async () => {
  smtp = await fakeSmtp();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const [delivery, signature] = ['burnrate-delivery', 'burnrate-signature'].map((name) => request.headers[name]);
      posts.push({
        path: request.url ?? '',
        body,
        delivery: `${delivery}`,
        signature: signature as string | undefined,
      });
      response.writeHead(statuses[request.url ?? ''] ?? 200).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = `
alerts:
  channels:
    ops: { webhook: "${hook}/hook", secret: shh }
    chat: { webhook: "${hook}/slack", format: slack }
    mail: { email: { to: [ops@x.test], from: burnrate@x.test, smtp: "${smtp.url}" } }
  rules: [{ kind: silent-meter }]
`;
  stack = await startStack({ settings });
}, 60_000);
afterAll(async () => {
  await stack?.stop();
  await smtp?.close();
  server?.close();
});

test('each channel hears once, signed, and a post that failed comes again after a restart under the same id', async () => {
  const unpriced = Array.from({ length: 40 }, (_, index) => ({
    ...{ specversion: '1.0', id: `${index}`, source: '/crm', type: 'burnrate.service' },
    data: { service: 'nobody-knows' },
  }));
  await ask(stack.origin, 'POST', '/api/usage', unpriced);
  await restartLater(stack, 61_000);
  const paths = () => [...new Set(posts.map(({ path }) => path))].sort();
  await expect.poll(paths, { timeout: 20_000 }).toEqual(['/hook', '/slack']);
  await expect.poll(() => smtp.mails.length, { timeout: 20_000 }).toBe(1);
  expect(smtp.mails[0]).toMatchObject({ from: 'burnrate@x.test', to: ['ops@x.test'] });
  const chat = JSON.parse(posts.find(({ path }) => path === '/slack')?.body ?? '{}');
  expect(chat).toMatchObject({ text: expect.stringContaining('FIRED ticket: 40 of 40 answers'), blocks: [{}, {}, {}] });

  const failures = posts.filter(({ path }) => path === '/hook').length;
  statuses['/hook'] = 200;
  await restartLater(stack, 61_000 + 60_000);
  const hooks = () => posts.filter(({ path }) => path === '/hook');
  await expect.poll(() => hooks().length, { timeout: 20_000 }).toBeGreaterThan(failures);
  expect(new Set(hooks().map(({ delivery }) => delivery)).size).toBe(1);
  expect(new Set(hooks().map(({ body }) => JSON.parse(body).id)).size).toBe(1);
  for (const { body, signature } of hooks()) {
    const [, seconds, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature ?? '') ?? [];
    expect(digest).toBe(createHmac('sha256', 'shh').update(`${seconds}.${body}`).digest('hex'));
  }
  const alert = JSON.parse(hooks().at(-1)?.body ?? '{}');
  expect(alert).toMatchObject({ change: 'fired', kind: 'silent-meter', subject: { missing: 'price' } });
  expect((await ask<{ alerts: { id: string }[] }>(stack.origin, 'GET', '/api/alerts')).alerts).toMatchObject([
    { id: alert.id, state: 'firing' },
  ]);
  // Whoever is stopped in the moment of sending sends again, under the same id.
  expect(new Set(posts.map(({ path, delivery }) => `${path} ${delivery}`)).size).toBe(2);
  expect(new Set(smtp.mails.map(({ text }) => /^Message-ID: (.*)$/m.exec(text)?.[1])).size).toBe(1);
}, 90_000);
