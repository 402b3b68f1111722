import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeTerminal, fakeTerminal } from '../../test/fakes/fake-terminal.ts';
import { BurnrateError } from '../base/index.ts';
import type { Effects } from './index.ts';

let folder: string;
let terminal: FakeTerminal;
let answers: Record<string, unknown>;
let started: { simulated: boolean; listen: string; data: string }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnrate-cli-'));
  answers = {};
  started = [];
  terminal = terminalWith({});
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function terminalWith(changes: Partial<Effects>): FakeTerminal {
  const stop = new AbortController();
  return fakeTerminal({
    ...{ workingFolder: folder, columns: 80, stop: stop.signal, answer: ({ url }) => answers[url.pathname] },
    startInstance: async ({ config, simulated }) => {
      started.push({ simulated, listen: `${config.listen.host}:${config.listen.port}`, data: config.data });
      stop.abort();
      const instance = { url: 'http://127.0.0.1:4700', port: 4700, workerPids: [], ledgerPid: 1 };
      const done = { changed: [], restartNeeded: [], workers: { told: 1, of: 1 } };
      return { ...instance, reload: async () => done, stop: async () => undefined };
    },
    ...changes,
  });
}

const config = (text: string): void => writeFileSync(join(folder, 'burnrate.yaml'), text);
const run = (...words: string[]): Promise<number> => terminal.run(...words);

describe('wrong use ends with 2 and the nearest known', () => {
  test.each([
    [['srve'], 'Did you mean serve?'],
    [['report', '--bi', 'team'], 'Did you mean --by?'],
    [['report', '--week', '2026-03-02'], '--week is of `report weekly`'],
    [['report', 'weekly', '--by', 'team'], '--by is not of `report weekly`'],
    [['replay', 'x', '--stream-share', ' '], 'from 0 to 1'],
    [['replay'], "missing required argument 'trace'"],
    [['replay', 'x', '--speed', 'fast'], 'number above 0'],
    [['replay', 'x', '--format', 'azur'], 'azure'],
    [['prices', '--limit', '0'], 'at least 1'],
    [['price', '--provider', 'openai', '--model', 'm', '--usage', '{'], 'USAGE_INVALID'],
    [['price', '--provider', 'o', '--model', 'm', '--usage', '{}', '--at', 'soon'], 'is no date'],
  ])('%j', async (words, message) => {
    expect(await run(...words)).toBe(2);
    expect(terminal.err).toContain(message);
    expect(terminal.out).toBe('');
  });
});

describe('help and version', () => {
  test.each([[['--help']], [['keys', '--help']], [['--version']]])('%j is fine', async (words) => {
    expect(await run(...words)).toBe(0);
    expect(terminal.out).not.toBe('');
  });
});

describe('serve', () => {
  test('runs on the defaults, and says where it is', async () => {
    expect(await run('serve')).toBe(0);
    expect(started).toEqual([{ simulated: false, listen: '127.0.0.1:4700', data: join(folder, 'burnrate-data') }]);
    expect(terminal.out).toContain('http://127.0.0.1:4700/v1');
    expect(terminal.out).not.toContain('SIMULATED');
  });

  test('takes the file beside it and its own data folder; BURNRATE_LISTEN wins', async () => {
    config('version: 1\nlisten: 127.0.0.1:5000\ndata: here\n');
    terminal = terminalWith({ environment: { BURNRATE_LISTEN: '127.0.0.1:6000' } });
    expect(await run('serve', '--json')).toBe(0);
    expect(started).toEqual([{ simulated: false, listen: '127.0.0.1:6000', data: join(folder, 'here') }]);
    expect(JSON.parse(terminal.out)).toMatchObject({ url: 'http://127.0.0.1:4700', simulated: false });
  });

  test.each([
    [{ environment: { BURNRATE_LISTEN: 'nowhere' } }, [], 'CONFIG_INVALID'],
    [{}, ['--config', 'missing.yaml'], 'CONFIG_UNREADABLE'],
    [
      { startInstance: () => Promise.reject(new BurnrateError('PORT_IN_USE', { message: 'taken' })) },
      [],
      'PORT_IN_USE',
    ],
  ])('%j %j → 3 %s', async (changed, words, code) => {
    terminal = terminalWith(changed as Partial<Effects>);
    expect(await run('serve', ...words)).toBe(3);
    expect(terminal.err).toContain(code);
  });

  test('with --json an error is JSON too', async () => {
    expect(await run('serve', '--json', '--config', 'missing.yaml')).toBe(3);
    expect(JSON.parse(terminal.err)).toMatchObject({ error: { code: 'CONFIG_UNREADABLE' } });
  });
});

test('demo runs on the emulator and says so', async () => {
  expect(await run('demo', '--listen', '127.0.0.1:0')).toBe(0);
  expect(started).toEqual([{ simulated: true, listen: '127.0.0.1:0', data: join(folder, 'burnrate-data', 'demo') }]);
  expect(terminal.out).toContain('SIMULATED');
});

describe('doctor', () => {
  test('is content with the defaults', async () => {
    expect(await run('doctor', '--json')).toBe(0);
    expect(JSON.parse(terminal.out)).toMatchObject({ ok: true });
  });

  test('names the line of a wrong key and the nearest known one', async () => {
    config('version: 1\nprovders: {}\n');
    expect(await run('doctor')).toBe(1);
    expect(terminal.out).toMatch(/FAILED.*burnrate\.yaml:2:1.*providers/);
  });

  test('says what is stated and not acted on, and which model has no price', async () => {
    config(
      'version: 1\nengines: { postgres: { url: "postgres://x" } }\nworkflows: { w: { stages: { s: { model: openai/no-such-model, next: done } } } }\n',
    );
    expect(await run('doctor')).toBe(1);
    expect(terminal.out).toContain('engines: this build has no');
    expect(terminal.out).toMatch(/FAILED {2}prices: openai\/no-such-model/);
  });

  test.each([
    [{ nodeVersion: 'v18.20.0' }, 'node'],
    [{ nodeVersion: 'v20.18.3' }, 'node'],
    [{ canWriteFolder: async () => false }, 'data'],
    [{ environment: { BURNRATE_LISTEN: '0.0.0.0:1' } }, 'listen'],
    [{ checkEngines: async () => [{ name: 'ledger (DuckDB)', ok: false, message: 'no' }] }, 'ledger'],
  ])('%j fails the check %s', async (changed, check) => {
    terminal = terminalWith(changed as Partial<Effects>);
    expect(await run('doctor')).toBe(1);
    expect(terminal.out).toMatch(new RegExp(`FAILED {2}${check}`));
  });
});

describe('prices', () => {
  test('price gives lines and their sum', async () => {
    const usage = '{"prompt_tokens": 1000, "completion_tokens": 100}';
    expect(await run('price', '--provider', 'openai', '--model', 'gpt-5-mini', '--usage', usage, '--json')).toBe(0);
    expect(JSON.parse(terminal.out)).toMatchObject({
      totalUsd: '0.00045',
      lines: [{ bucket: 'input' }, { bucket: 'output' }],
    });
  });

  test('an unknown price is a failed check with a remedy', async () => {
    const usage = '{"prompt_tokens": 1, "completion_tokens": 1}';
    expect(await run('price', '--provider', 'openai', '--model', 'nobody-knows', '--usage', usage)).toBe(1);
    expect(terminal.out).toContain('The price is unknown');
  });

  test('prices are listed within the width of the terminal', async () => {
    expect(await run('prices', 'gpt-5-mini', '--provider', 'openai', '--limit', '3')).toBe(0);
    for (const line of terminal.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(await run('prices', 'nobody-knows')).toBe(1);
  });
});

const sums = { costUsd: '1.5', calls: 3, attempts: 4, inputTokens: 10, outputTokens: 5, unknownPriceAttempts: 1 };
const range = { from: 'A', to: 'B' };

describe('report', () => {
  const costs = { range, by: [], rows: [], totalUsd: '1.5', total: sums, rowsLeftOut: 0, simulated: true };
  const line = (name: string, costUsd: string) => ({
    line: name,
    bucket: 'input',
    unit: 'tokens',
    quantity: 1,
    costUsd,
  });
  const node = (name: string, totalUsd: string, children: unknown[] = []) => ({
    kind: 'stage',
    name,
    totalUsd,
    counts: { calls: 3, attempts: 4 },
    lines: [line('inference', '1'), line('retries', '0.5')],
    children,
  });
  const figures = {
    costUsd: '1.5',
    runs: 2,
    interactions: 2,
    calls: 3,
    outcomes: { success: 1, escalated: 1, abandoned: 0, failed: 0 },
    runsOpen: 0,
    costPerCallUsd: '0.5',
    costPerInteractionUsd: '0.75',
    costPerRunUsd: '0.75',
    costPerSuccessUsd: '1.5',
    callsPerInteraction: 1.5,
  };

  test('shows the tree, the unit costs and that data is simulated', async () => {
    answers = {
      '/api/costs': costs,
      '/api/workflows': { workflows: [{ name: 'support' }] },
      '/api/workflows/support/tree': {
        name: 'support',
        simulated: true,
        figures,
        tree: node('support', '1.5', [node('classify', '0.5'), node('answer', '1')]),
      },
    };
    expect(await run('report', '--url', 'http://b')).toBe(0);
    expect(terminal.out).toMatch(/support \(SIMULATED\)/);
    expect(terminal.out).toMatch(/├ classify +\$0\.5000 +33\.3 %/);
    expect(terminal.out).toMatch(/successful outcome +\$1\.50 +1/);
    expect(terminal.out).toMatch(/calls ÷ interaction: 1\.50/);
    expect(terminal.out).toContain('1 attempt has an unknown price');
  });

  test('calls that name no workflow have a tree of their own', async () => {
    answers = {
      '/api/costs': costs,
      '/api/workflows': { workflows: [{ name: '' }] },
      '/api/workflows/(none)/tree': { name: '', simulated: false, figures, tree: node('', '1.5', [node('', '1.5')]) },
    };
    expect(await run('report', '--url', 'http://b')).toBe(0);
    expect(terminal.out).toMatch(/\(no workflow\)/);
    expect(terminal.out).toMatch(/└ \(no stage\) +\$1\.50/);
  });

  test('by dimensions is a table that sums to the total', async () => {
    const row = { ...sums, team: null };
    answers = { '/api/costs': { ...costs, by: ['team'], rows: [row], rowsLeftOut: 2 } };
    expect(
      await run('report', '--by', 'team', '--workflow', 'w', '--from', '2026-01-01T00:00:00Z', '--url', 'http://b/'),
    ).toBe(0);
    expect(terminal.asked[0]?.url.href).toBe(
      'http://b/api/costs?from=2026-01-01T00%3A00%3A00Z&by=team&where=workflow%3Aw',
    );
    expect(terminal.out).toContain('2 more rows are in the total.');
  });

  test('passes on why the instance refused, and says when none answers', async () => {
    const error = { error: { code: 'validation_failed', message: 'by: did you mean "team"?' } };
    answers = { '/api/costs': Response.json(error, { status: 422 }) };
    expect(await run('report', '--by', 'teem', '--url', 'http://b')).toBe(2);
    expect(terminal.err).toContain('did you mean "team"?');
    answers = {};
    expect(await run('report')).toBe(3);
    expect(terminal.err).toContain('no instance answers at http://127.0.0.1:4700');
  });
});

describe('users', () => {
  const user = { name: 'ada', role: 'finance', hint: 'wxyz', createdAt: '2026-03-01T00:00:00Z', revokedAt: null };

  test('are made, changed, listed and revoked through the API, with one’s own token', async () => {
    terminal = terminalWith({
      environment: { BURNRATE_TOKEN: 'mine', BURNRATE_ADMIN_TOKEN: 't', BURNRATE_URL: 'http://b' },
    });
    answers = { '/api/users': { user, token: 'bru_s' }, '/api/users/ada': { ...user, role: 'operator' } };
    expect(await run('users', 'create', 'ada', '--role', 'finance')).toBe(0);
    expect(terminal.out).toContain('bru_s');
    expect(terminal.asked[0]?.headers.get('authorization')).toBe('Bearer mine');
    expect(terminal.asked[0]?.body).toEqual({ name: 'ada', role: 'finance' });
    expect(await run('users', 'change', 'ada', '--role', 'operator')).toBe(0);
    expect(terminal.out).toContain('ada is operator now.');
    expect(await run('users', 'revoke', 'ada')).toBe(0);
    answers = { '/api/users': { users: [user], signInAsked: false } };
    expect(await run('users', 'list')).toBe(0);
    expect(terminal.out).toMatch(/ada +finance +wxyz +2026-03-01 +active/);
    expect(terminal.out).toContain('Set BURNRATE_ADMIN_TOKEN');
  });

  test('have one of four roles', async () => {
    expect(await run('users', 'create', 'ada', '--role', 'owner')).toBe(2);
    expect(terminal.err).toContain('viewer, finance, operator, admin');
  });
});

describe('keys', () => {
  const key = {
    id: 'key_1',
    name: 'ci',
    hint: 'wxyz',
    defaults: { team: 'a' },
    allowedModels: [],
    createdAt: '2026-03-01T00:00:00Z',
    revokedAt: null,
  };

  test('are made, listed and revoked through the API, with the token', async () => {
    terminal = terminalWith({ environment: { BURNRATE_ADMIN_TOKEN: 't', BURNRATE_URL: 'http://b' } });
    answers = { '/api/keys': { key, secret: 'br_s' }, '/api/keys/key_1': { ...key, revokedAt: 'x' } };
    expect(await run('keys', 'create', 'ci', '--team', 'a', '--model', 'm1', 'm2')).toBe(0);
    expect(terminal.out).toContain('br_s');
    expect(terminal.asked[0]?.headers.get('authorization')).toBe('Bearer t');
    expect(terminal.asked[0]?.body).toEqual({
      name: 'ci',
      defaults: { team: 'a' },
      allowedModels: ['m1', 'm2'],
    });
    expect(await run('keys', 'revoke', 'key_1')).toBe(0);
    answers = { '/api/keys': { keys: [key] } };
    expect(await run('keys', 'list')).toBe(0);
    expect(terminal.out).toMatch(/key_1 +ci +wxyz +team=a +all/);
  });
});
