import { describe, expect, test } from 'vitest';
import { attributionNames } from '../tree/index.ts';
import { recordOutcome, runBaggage, runHeaders } from './index.ts';

describe('run context', () => {
  test('becomes headers', () => {
    const context = { workflow: 'support', promptVersion: '7', user: '', tags: { tier: 'gold', region: 'eu west' } };
    expect(runHeaders(context)).toEqual({
      'burnrate-workflow': 'support',
      'burnrate-prompt-version': '7',
      'burnrate-tags': 'tier=gold,region=eu west',
    });
  });

  test('says everything a call can be attributed to', () => {
    const context = Object.fromEntries(attributionNames.map((name) => [name, 'x']));
    expect(Object.keys(runHeaders(context))).toHaveLength(attributionNames.length);
  });

  test('becomes baggage beside what is there, encoded', () => {
    expect(runBaggage({ user: 'Zoë, 1', run: 'r' }, 'a=b')).toBe('a=b,burnrate.run=r,burnrate.user=Zo%C3%AB%2C%201');
    expect(runBaggage({})).toBe('');
  });

  test.each([
    [{ user: 'a\r\nx: y' }],
    [{ user: 'Zoë' }],
    [{ user: ' a' }],
    [{ tags: { 'a=b': 'c' } }],
    [{ tags: { a: '' } }],
  ])('%j is no header', (context) => {
    expect(() => runHeaders(context)).toThrow(TypeError);
  });
});

describe('recordOutcome', () => {
  const answering = (...answers: (Response | Error)[]) => {
    const sent: { url: string; init: RequestInit }[] = [];
    const fake = (async (url: string, init: RequestInit) => {
      sent.push({ url, init });
      const answer = answers[Math.min(sent.length, answers.length) - 1] as Response | Error;
      if (answer instanceof Error) throw answer;
      return answer.clone();
    }) as unknown as typeof fetch;
    return { sent, fake };
  };
  const ok = new Response('{}');
  const outcome = { run: 'r1', outcome: 'success', valueUsd: '4.50', at: new Date(0) } as const;

  test('sends it with an id of its own', async () => {
    const { sent, fake } = answering(ok);
    await recordOutcome(outcome, { url: 'http://b/', token: 't', fetch: fake });
    expect(sent[0]?.url).toBe('http://b/api/outcomes');
    expect(sent[0]?.init.headers).toMatchObject({ authorization: 'Bearer t' });
    expect(JSON.parse(String(sent[0]?.init.body))).toEqual({
      run: 'r1',
      outcome: 'success',
      valueUsd: '4.50',
      id: 'r1:success',
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  test('tries again what may pass', async () => {
    const { sent, fake } = answering(new Error('no'), new Response('', { status: 503 }), ok);
    await recordOutcome(outcome, { url: 'http://b', fetch: fake });
    expect(sent).toHaveLength(3);
  });

  test('tells why it was refused, at once', async () => {
    const body = JSON.stringify({ error: { code: 'validation_failed', message: 'at: bad', remedy: 'Fix it.' } });
    const { sent, fake } = answering(new Response(body, { status: 422 }));
    await expect(recordOutcome(outcome, { url: 'http://b', fetch: fake })).rejects.toThrow('at: bad Fix it.');
    expect(sent).toHaveLength(1);
  });

  test('gives up in the end', async () => {
    const { sent, fake } = answering(new Response('<html>', { status: 502 }));
    await expect(recordOutcome(outcome, { url: 'http://b', triesMax: 2, fetch: fake })).rejects.toThrow('status 502');
    expect(sent).toHaveLength(2);
  });
});
