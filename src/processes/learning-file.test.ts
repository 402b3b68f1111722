import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { learningFile } from './learning-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnrate-learning-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('what one process saved another reads, and nothing else is left behind', () => {
  const path = join(folder, 'learned.json');
  const log = vi.fn();
  expect(learningFile(path, log).load()).toBeNull();
  learningFile(path, log).save({ lags: [] });
  expect(learningFile(path, log).load()).toEqual({ lags: [] });
  expect(readdirSync(folder)).toEqual(['learned.json']);
  expect(log).not.toHaveBeenCalled();
});

test('a file that cannot be read counts as none, and one that cannot be written is said', () => {
  const path = join(folder, 'learned.json');
  writeFileSync(path, '{"outp');
  const log = vi.fn();
  expect(learningFile(path, log).load()).toBeNull();
  learningFile(join(folder, 'missing', 'learned.json'), log).save({});
  expect(log).toHaveBeenCalledWith('warn', 'learning_not_kept', expect.anything());
});
