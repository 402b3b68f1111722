import { describe, expect, test } from 'vitest';
import { parseConfig } from '../config/index.ts';
import { changedConfig } from './changed-config.ts';

const read = (lines: string) => parseConfig(`version: 1\n${lines}`, { file: 'burnrate.yaml', environment: {} });

describe('a file read again', () => {
  test.each([
    ['nothing', '', '# a remark', [], []],
    [
      'a budget and a limit',
      '',
      'budgets: [{ name: b, limitUsd: 1, period: day }]\nlimits: [{ requests: 1/m }]',
      ['limits', 'budgets'],
      [],
    ],
    ['the address', 'listen: 127.0.0.1:4700', 'listen: 127.0.0.1:4701', [], ['listen']],
    ['folder and workers', '', 'data: ./else\nworkers: 2', [], ['data', 'workers']],
    [
      'what a socket was opened with',
      '',
      'server: { keepAlive: 9s, budgetWait: 1s }',
      ['server'],
      ['server.keepAlive'],
    ],
  ])('%s', (_what, before, after, changed, restartNeeded) => {
    const made = changedConfig(read(before), read(after));
    expect([...made.changed].sort()).toEqual([...changed].sort());
    expect(made.restartNeeded).toEqual(restartNeeded);
  });

  test('what needs a restart stays as it is, all else is the file', () => {
    const now = read('listen: 127.0.0.1:4700');
    const file = read('listen: 127.0.0.1:4701\nrelease: r2\nserver: { keepAlive: 9s, budgetWait: 1s }');
    const { config } = changedConfig(now, file);
    expect(config).toMatchObject({ listen: now.listen, release: 'r2', server: { budgetWait: { ms: 1_000 } } });
    expect(config.server.keepAlive).toEqual(now.server.keepAlive);
  });

  test('an address not listened on yet opens nothing', () => {
    const everywhere = read('listen: 0.0.0.0:4700');
    expect(everywhere.access).toBe('keys');
    expect(changedConfig(everywhere, read('listen: 127.0.0.1:4700')).config.access).toBe('keys');
    expect(changedConfig(everywhere, read('listen: 127.0.0.1:4700\naccess: open')).config.access).toBe('open');
    expect(changedConfig(read(''), read('listen: 0.0.0.0:4700')).config.access).toBe('open');
  });
});
