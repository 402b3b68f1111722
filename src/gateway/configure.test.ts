import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Config, parseConfig } from '../config/index.ts';
import { createPriceBook } from '../pricing/index.ts';
import { answerWith, ask, openRig, type Rig, until } from './test-rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const body = JSON.stringify({ model: 'test-model', messages: [{ role: 'user', content: 'Hello' }] });
const chat = () => ask(rig.port, { path: '/v1/chat/completions', body });
const priceBook = createPriceBook({ providers: [], overrides: [] });

/** The scripted upstream behind another path, with another key. */
function otherConfig(): Config {
  const provider = `{ kind: openai, baseUrl: "http://127.0.0.1:${rig.upstreamPort}/new/v1", apiKey: new-secret }`;
  const text = `version: 1\nproviders: { openai: ${provider} }\nrelease: r2`;
  return parseConfig(text, { file: 'burnrate.yaml', environment: {} });
}

test('what begins after a change follows it, and what is under way ends as it began', async () => {
  const release: (() => void)[] = [];
  rig.script = (req, res, received) => void release.push(() => answerWith('{}')(req, res, received));
  const before = chat();
  await until(() => release.length === 1);
  rig.gateway.configure({ config: otherConfig(), priceBook });
  const after = chat();
  await until(() => release.length === 2);
  for (const answer of release) answer();
  expect([(await before).status, (await after).status]).toEqual([200, 200]);
  expect(rig.received.map(({ url, headers }) => [url, headers.authorization])).toEqual([
    ['/up/v1/chat/completions', 'Bearer provider-secret'],
    ['/new/v1/chat/completions', 'Bearer new-secret'],
  ]);
  expect(rig.journal.ended.map(({ release: named }) => named)).toEqual([undefined, 'r2']);
  expect(rig.gateway.stats()).toMatchObject({ requests: 2, attempts: 2, inFlight: 0 });
});

test('at the end calls of every configuration are waited for', async () => {
  const release: (() => void)[] = [];
  rig.script = (req, res, received) => void release.push(() => answerWith('{}')(req, res, received));
  const calls = [chat()];
  await until(() => release.length === 1);
  rig.gateway.configure({ config: otherConfig(), priceBook });
  calls.push(chat());
  await until(() => release.length === 2);
  const closed = rig.gateway.close(10_000);
  for (const answer of release) answer();
  await closed;
  expect(rig.journal.ended).toHaveLength(2);
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200]);
});
