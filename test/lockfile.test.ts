import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingOptionals } from '../scripts/complete-lock.ts';

test('the lock file describes the optional packages of every platform (npx tsx scripts/complete-lock.ts)', () => {
  const lock = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8'));
  expect(missingOptionals(lock)).toEqual([]);
});

test('an optional package without an entry is found', () => {
  const lock = { packages: { 'node_modules/a': { optionalDependencies: { 'a-darwin-arm64': '1.0.0' } } } };
  expect(missingOptionals(lock)).toEqual([{ name: 'a-darwin-arm64', version: '1.0.0', dev: false }]);
});
