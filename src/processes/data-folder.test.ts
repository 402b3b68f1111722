import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataFolder, openSocketFolder } from './data-folder.ts';

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'burnrate-folder-'));
});

afterEach(() => rmSync(parent, { recursive: true, force: true }));

test('the secret is made once and is for its owner alone', () => {
  const first = openDataFolder(join(parent, 'a', 'data'));
  expect(first.secret).toHaveLength(32);
  expect(openDataFolder(first.path).secret).toEqual(first.secret);
  expect(openDataFolder(join(parent, 'b')).secret).not.toEqual(first.secret);
  expect(statSync(first.path).mode & 0o777).toBe(0o700);
  expect(statSync(join(first.path, 'secret')).mode & 0o777).toBe(0o600);
});

test('what a killed process left of its sockets is removed by the next', () => {
  const data = openDataFolder(parent);
  const killed = openSocketFolder(data);
  const next = openSocketFolder(data);
  expect(existsSync(dirname(killed.control))).toBe(false);
  expect(statSync(dirname(next.control)).mode & 0o777).toBe(0o700);
  next.remove();
  expect(existsSync(dirname(next.control))).toBe(false);
});
