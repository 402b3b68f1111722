import { describe, expect, test } from 'vitest';
import { assertListenAllowed, defaultConfig, parseConfig, parseListen, usableProviders } from './index.ts';

const keys = { OPENAI_API_KEY: 'k1', ANTHROPIC_API_KEY: 'k2', GEMINI_API_KEY: 'k3' };

describe('without a file', () => {
  test('it listens on loopback, takes any key and knows the vendors', () => {
    const config = defaultConfig(keys);
    expect(config.listen).toEqual({ host: '127.0.0.1', port: 4700, loopback: true });
    expect(config).toMatchObject({ access: 'open', file: null, data: './burnrate-data', workers: 1, stated: [] });
    expect(Object.values(config.providers).map(({ kind, baseUrl, apiKey }) => [kind, baseUrl, apiKey])).toEqual([
      ['openai', 'https://api.openai.com/v1', 'k1'],
      ['anthropic', 'https://api.anthropic.com', 'k2'],
      ['gemini', 'https://generativelanguage.googleapis.com', 'k3'],
    ]);
  });

  test.each([
    [{}, []],
    [{ GEMINI_API_KEY: 'k', OPENAI_API_KEY: '' }, ['gemini']],
    [keys, ['openai', 'anthropic', 'gemini']],
  ])('of %j the usable providers are %j', (environment, usable) =>
    expect(usableProviders(defaultConfig(environment))).toEqual(usable),
  );
});

test('a provider of the file takes the place of the built-in one; an own address and a client’s key are usable', () => {
  const text = `version: 1
providers:
  openai: { kind: openai, credentials: client }
  local: { kind: openai, baseUrl: "http://127.0.0.1:8000/v1/" }
`;
  const config = parseConfig(text, { file: 'f', environment: keys });
  expect(config.providers.openai?.apiKey).toBeUndefined();
  expect(config.providers.local?.baseUrl).toBe('http://127.0.0.1:8000/v1');
  expect(usableProviders(config)).toEqual(['openai', 'local', 'anthropic', 'gemini']);
});

test.each([
  ['127.0.0.1:4700', undefined, true],
  ['localhost:0', undefined, true],
  ['[::1]:4700', '', true],
  ['0.0.0.0:4700', undefined, false],
  ['0.0.0.0:4700', '', false],
  ['0.0.0.0:4700', 'token', true],
  ['burnrate.internal:80', undefined, false],
  ['127.0.0.1.example.com:80', undefined, false],
  ['[::]:80', undefined, false],
])('listening on %s with the admin token %j: allowed is %j', (address, token, allowed) => {
  const listen = parseListen(address);
  expect(listen).not.toBeNull();
  const attempt = () => assertListenAllowed(listen!, token);
  if (allowed) expect(attempt).not.toThrow();
  else expect(attempt).toThrow(expect.objectContaining({ code: 'LISTEN_REFUSED' }));
});

test.each(['4700', ':4700', 'a b:1', '127.0.0.1:65536', '127.0.0.1:', '::1:80', ''])('%j is no address', (text) =>
  expect(parseListen(text)).toBeNull(),
);
