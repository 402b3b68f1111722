import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { usd } from '../money/index.ts';
import { answerWith, ask, openRig, type Rig } from './test-rig.ts';

const chatBody = JSON.stringify({ model: 'test-model', messages: [{ role: 'user', content: 'Hello there' }] });
const chatAnswer = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'test-model',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25, prompt_tokens_details: { cached_tokens: 8 } },
});

describe('a plain call', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig();
  });
  afterEach(() => rig.close());

  test.each([
    ['priority', 'priority'],
    ['STANDARD', 'standard'],
  ])('believes the header that says how Gemini served it: %s', async (header, tier) => {
    const usageMetadata = { promptTokenCount: 20, candidatesTokenCount: 5, totalTokenCount: 25, serviceTier: 'flex' };
    rig.script = answerWith(JSON.stringify({ usageMetadata }), { 'x-gemini-service-tier': header });
    const body = JSON.stringify({ contents: [{ parts: [{ text: 'Hello' }] }], serviceTier: 'priority' });
    await ask(rig.port, { path: '/gemini/v1beta/models/test-model:generateContent', body });
    expect(rig.journal.ended[0]).toMatchObject({ tier, usage: { input: 20, output: 5 } });
  });

  test('passes both bodies through byte for byte, meters and prices', async () => {
    rig.script = answerWith(chatAnswer, { 'x-request-id': 'req-9', 'X-Odd-Case': 'kept' });
    const answer = await ask(rig.port, {
      path: '/v1/chat/completions?beta=1',
      headers: { authorization: 'Bearer client-key', 'burnrate-workflow': 'support', 'burnrate-run': 'run-1' },
      body: chatBody,
    });
    expect(answer.body.toString()).toBe(chatAnswer);
    expect(answer.rawHeaders).toContain('X-Odd-Case');
    const [received] = rig.received;
    expect(received?.url).toBe('/up/v1/chat/completions?beta=1');
    expect(received?.body.toString()).toBe(chatBody);
    expect(received?.headers.authorization).toBe('Bearer provider-secret');
    expect(Object.keys(received?.headers ?? {}).filter((name) => name.startsWith('burnrate-'))).toEqual([]);
    const [attempt] = rig.journal.ended;
    expect(attempt).toMatchObject({
      operation: 'chat',
      usage: { input: 12, cacheRead: 8, output: 5 },
      usageSource: 'reported',
      workflow: 'support',
      run: 'run-1',
      status: 200,
      failure: null,
      providerRequestId: 'chatcmpl-1',
    });
    expect(attempt?.cost).toEqual(usd('0.0000628'));
    expect(answer.headers['burnrate-cost-usd']).toBe('0.0000628');
    expect(answer.headers['burnrate-run']).toBe('run-1');
    expect(answer.headers['burnrate-served-by']).toBe('openai/test-model');
    expect(answer.headers['burnrate-cache']).toBe('bypass');
    expect(rig.journal.begun[0]?.attemptId).toBe(attempt?.attemptId);
  });
});
