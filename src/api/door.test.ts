import { beforeEach, describe, expect, test } from 'vitest';
import { fakeApi, refusal } from '../../test/cases/fake-api.ts';
import { fakeBooks } from '../../test/fakes/fake-books.ts';
import { tokenSignIn } from './index.ts';
import { apiLimits } from './ports.ts';
import { instanceSchema } from './schemas-instance.ts';

const on = fakeApi();

describe('the door', () => {
  test.each([
    ['/api/nothing', 'GET', 404, 'not_found'],
    ['/api', 'GET', 404, 'not_found'],
    ['/api/costs', 'DELETE', 405, 'method_not_allowed'],
    ['/api/outcomes', 'GET', 405, 'method_not_allowed'],
    ['/api/openapi.json', 'DELETE', 405, 'method_not_allowed'],
    ['/missing.js', 'GET', 404, 'not_found'],
    ['/', 'GET', 404, 'not_found'],
  ])('%s %s → %i %s', async (path, method, status, code) => {
    const answer = on.fetch(path, { method });
    expect(await refusal(answer)).toMatchObject({ status, code });
  });

  test.each([
    ['{', {}, 400, 'bad_request'],
    ['a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 400, 'bad_request'],
    ['{}', { origin: 'https://evil.example' }, 403, 'origin_refused'],
    ['{}', { 'sec-fetch-site': 'cross-site' }, 403, 'origin_refused'],
    ['{}', { origin: 'null' }, 403, 'origin_refused'],
    [`"${'x'.repeat(apiLimits.bodyBytesMax)}"`, {}, 413, 'body_too_large'],
  ])('a bad body (%#) is refused', async (body, headers, status, code) => {
    expect(await refusal(on.post('/api/outcomes', body, headers))).toMatchObject({ status, code });
  });

  test('our own page may write', async () => {
    const headers = { origin: 'http://127.0.0.1:4700', 'sec-fetch-site': 'same-origin' };
    expect((await on.post('/api/outcomes', { run: 'r', outcome: 'success' }, headers)).status).toBe(200);
  });

  test('pages get a strict policy', async () => {
    const headers = (await on.get('/api/instance')).headers;
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('probes and metrics', async () => {
    for (const path of ['/healthz', '/api/healthz', '/readyz', '/api/readyz'])
      expect((await on.get(path)).status).toBe(200);
    expect(await (await on.get('/metrics')).text()).toBe('burnrate_up 1\n');
    on.restart({ readiness: [{ name: 'ledger', check: () => Promise.reject(new Error('gone')) }] });
    const answer = await on.get('/readyz');
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { status: 'not_ready', checks: [{ name: 'ledger', ok: false, message: 'gone' }] },
    ]);
  });

  test('the instance names its addresses', async () => {
    const instance = instanceSchema.parse(await (await on.get('/api/instance')).json());
    expect(instance.dataPlane.providers[0]?.url).toBe('http://127.0.0.1:4700/p/openai');
  });
});

describe('sign-in', () => {
  beforeEach(() => {
    const { clock } = on.opened;
    const users = fakeBooks().users;
    on.restart(tokenSignIn({ adminToken: 'the-token', sessionSecret: 'secret', users, clock }));
  });

  test.each([
    [{}, 401],
    [{ authorization: 'Bearer wrong' }, 401],
    [{ cookie: 'burnrate_session=9999999999999.forged' }, 401],
    [{ authorization: 'Bearer the-token' }, 200],
  ])('%j → %i', async (headers, status) => {
    expect((await on.get('/api/instance', headers as Record<string, string>)).status).toBe(status);
    expect((await on.get('/metrics', headers as Record<string, string>)).status).toBe(status);
    expect((await on.get('/healthz')).status).toBe(200);
  });

  test('a browser exchanges the token for a cookie, which ends', async () => {
    expect(await refusal(on.post('/api/session', { token: 'wrong' }))).toMatchObject({ code: 'sign_in_required' });
    const signedIn = await on.post('/api/session', { token: 'the-token' });
    const set = signedIn.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/HttpOnly/);
    expect(set).toMatch(/SameSite=Strict/);
    const cookie = set.split(';')[0] ?? '';
    expect((await on.get('/api/instance', { cookie })).status).toBe(200);
    on.opened.clock.advance(12 * 3_600_000);
    expect((await on.get('/api/instance', { cookie })).status).toBe(401);
  });

  test('a role that may not is told so', async () => {
    on.restart({ identify: async () => ({ actor: 'vera', role: 'viewer' }) });
    expect(await refusal(on.post('/api/outcomes', { run: 'r', outcome: 'success' }))).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    expect((await on.get('/api/costs')).status).toBe(200);
  });
});

describe('keys', () => {
  test('are made once, listed without secrets, revoked, and audited', async () => {
    const made = (await (
      await on.post('/api/keys', { id: 'k1', name: 'ci', defaults: { team: 'a' } })
    ).json()) as object;
    expect(made).toMatchObject({ secret: 'br_secret', key: { id: 'k1', defaults: { team: 'a' }, revokedAt: null } });
    const again = await (await on.post('/api/keys', { id: 'k1', name: 'ci', defaults: { team: 'a' } })).json();
    expect(again).toMatchObject({ secret: null, key: { id: 'k1' } });
    expect(await refusal(on.post('/api/keys', { id: 'k1', name: 'other' }))).toMatchObject({ code: 'already_exists' });
    expect(await (await on.get('/api/keys')).text()).not.toContain('br_secret');
    const gone = await on.fetch('/api/keys/k1', { method: 'DELETE' });
    expect(await gone.json()).toMatchObject({ id: 'k1', revokedAt: '1970-01-01T00:00:00.002Z' });
    const audit = (await (await on.get('/api/audit?action=key.')).json()) as { entries: { action: string }[] };
    expect(audit.entries.map((entry) => entry.action)).toEqual(['key.revoke', 'key.create']);
  });

  test('an unknown key is not found', async () => {
    const answer = on.fetch('/api/keys/none', { method: 'DELETE' });
    expect(await refusal(answer)).toMatchObject({ status: 404, code: 'not_found' });
  });
});
