import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Attribution } from '../../tree/index.ts';
import type { Exchange } from '../exchange.ts';
import { limits } from '../limits.ts';
import { readAttribution } from './attribute.ts';
import { readBaggage } from './baggage.ts';
import { conversationKey, inferredNames, namesConversation } from './infer.ts';

function read(headers: Record<string, string>, more: { defaults?: Attribution; user?: string } = {}): Attribution {
  const exchange = {
    req: { headers } as unknown as IncomingMessage,
    caller: { keyId: 'k', defaults: more.defaults ?? {}, allowedModels: [] },
    understanding: { facts: { model: '', streamed: false, user: more.user ?? '' } },
  } as unknown as Exchange;
  const workflows = new Map([
    [
      'support',
      {
        defaults: { team: 'of-workflow', feature: 'chat' },
        stageTimeoutMs: new Map<string, number>(),
        stageOutputTokensMax: new Map<string, number>(),
      },
    ],
  ]);
  return readAttribution(exchange, { defaults: { environment: 'of-instance', release: 'r1' }, workflows });
}

const instance = { environment: 'of-instance', release: 'r1' };
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('attribution', () => {
  test.each<[string, Record<string, string>, { defaults?: Attribution; user?: string }, Attribution]>([
    ['nothing said', {}, {}, instance],
    [
      'every name has a header',
      { 'burnrate-prompt-version': 'v3', 'burnrate-segment': 'edge' },
      {},
      { ...instance, promptVersion: 'v3', segment: 'edge' },
    ],
    [
      'header over baggage',
      { 'burnrate-user': 'a', baggage: 'burnrate.user=b,burnrate.stage=s' },
      {},
      { ...instance, user: 'a', stage: 's' },
    ],
    ['baggage over the provider’s field', { baggage: 'burnrate.user=b' }, { user: 'c' }, { ...instance, user: 'b' }],
    ['the provider’s field', {}, { user: 'c' }, { ...instance, user: 'c' }],
    [
      'header over key over workflow',
      { 'burnrate-workflow': 'support', 'burnrate-team': 'x' },
      { defaults: { team: 'of-key', feature: 'of-key' } },
      { ...instance, workflow: 'support', team: 'x', feature: 'of-key' },
    ],
    [
      'workflow defaults',
      { 'burnrate-workflow': 'support' },
      {},
      { ...instance, workflow: 'support', team: 'of-workflow', feature: 'chat' },
    ],
    ['key over instance', {}, { defaults: { environment: 'of-key' } }, { ...instance, environment: 'of-key' }],
    ['run header over trace', { 'burnrate-run': 'r', traceparent }, {}, { ...instance, run: 'r' }],
    ['trace as run', { traceparent }, {}, { ...instance, run: '0af7651916cd43dd8448eb211c80319c' }],
    ['a broken trace is nobody’s error', { traceparent: 'zz' }, {}, instance],
    [
      'tags of both places',
      { 'burnrate-tags': 'a=1, b = 2', baggage: 'burnrate.tags=c%3D3' },
      {},
      { ...instance, tags: { a: '1', b: '2', c: '3' } },
    ],
    [
      'UTF-8 in a header',
      { 'burnrate-customer': Buffer.from('Müller').toString('latin1') },
      {},
      { ...instance, customer: 'Müller' },
    ],
    [
      'percent encoding in baggage',
      { baggage: 'burnrate.customer=M%C3%BCller%2C%20KG' },
      {},
      { ...instance, customer: 'Müller, KG' },
    ],
    ['an empty value says nothing', { 'burnrate-user': '' }, { user: 'c' }, { ...instance, user: 'c' }],
  ])('%s', (_name, headers, more, expected) => {
    expect(read(headers, more)).toEqual(expected);
  });

  test('a provider’s user that is too long is clipped to whole characters', () => {
    const { user } = read({}, { user: 'ü'.repeat(200) });
    expect(user).toBe('ü'.repeat(limits.attributionValueBytesMax / 2));
  });
});

describe('baggage', () => {
  test.each([
    ['a=1', 'a=1'],
    ['broken;;=,,a=%zz', 'broken;;=,,a=%zz'],
    ['a=1, burnrate.user=u;p=1 ,b=2', 'a=1,b=2'],
    ['burnrate.user=u', ''],
  ])('keeps what is not ours: %s', (header, foreign) => {
    expect(readBaggage(header).foreign).toBe(foreign);
  });

  test.each([
    'burnrate.user',
    'burnrate.user=%',
    'burnrate.user=a b',
    'burnrate.user="x"',
    `burnrate.user=x,a=${'y'.repeat(9_000)}`,
  ])('refuses what is ours and malformed: %s', (header) => {
    expect(() => readBaggage(header)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });
});

describe('sessions and interactions nobody named', () => {
  test.each<[string, string, Attribution]>([
    ['another key', 'k2', { user: 'u', workflow: 'w' }],
    ['another user', 'k', { user: 'u2', workflow: 'w' }],
    ['another workflow', 'k', { user: 'u', workflow: 'w2' }],
    ['a session of that name', 'k', { session: 'u', workflow: 'w' }],
  ])('%s is another conversation', (_name, key, told) => {
    expect(conversationKey(key, told)).not.toBe(conversationKey('k', { user: 'u', workflow: 'w' }));
  });

  test('nobody has no conversation', () => {
    expect(conversationKey('k', { workflow: 'w' })).toBeNull();
  });

  test.each<[Attribution, readonly string[]]>([
    [{ session: 's' }, ['interaction']],
    [{ user: 'u', interaction: 'i' }, ['session']],
    [{ user: 'u' }, ['session', 'interaction']],
  ])('%o infers %o', (told, names) => {
    expect(namesConversation(told)).toBe(false);
    expect(inferredNames(told, { session: 's', interaction: 'i' })).toEqual(names);
    expect(inferredNames(told, null)).toEqual([]);
  });
});
