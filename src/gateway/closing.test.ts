import { afterEach, expect, test } from 'vitest';
import { answerWith, ask, openRig, type Rig, until } from './test-rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const body = JSON.stringify({ model: 'test-model', messages: [{ role: 'user', content: 'Hello' }] });
const chat = (headers: Record<string, string> = {}) => ask(rig.port, { path: '/v1/chat/completions', body, headers });

test('closing waits for the calls in flight and refuses new ones', async () => {
  rig = await openRig();
  rig.script = (req, res, received) => setTimeout(() => answerWith('{}')(req, res, received), 100);
  const running = chat();
  await until(() => rig.received.length === 1);
  const closing = rig.gateway.close(10_000);
  expect((await chat()).status).toBe(503);
  await closing;
  expect((await running).status).toBe(200);
  expect(rig.journal.ended).toHaveLength(1);
});

test('when its time is over what is under way is cut and written down, and nothing more goes out', async () => {
  let answer: (() => void) | null = null;
  const lookUp = () =>
    new Promise<null>((resolve) => {
      answer = () => resolve(null);
    });
  rig = await openRig({ deps: { keys: { identify: () => null, lookUp } } });
  rig.script = () => undefined;
  const cut = chat();
  await until(() => rig.received.length === 1);
  const late = chat({ authorization: 'Bearer br_not_known_yet' });
  await until(() => answer !== null);
  await rig.gateway.close(20);
  expect(rig.journal.ended).toMatchObject([{ usageSource: 'estimated', failure: 'client_disconnect' }]);
  (answer as (() => void) | null)?.();
  expect([(await cut).status, (await late).status]).toEqual([503, 503]);
  expect([rig.received.length, rig.journal.begun.length]).toEqual([1, 1]);
});
