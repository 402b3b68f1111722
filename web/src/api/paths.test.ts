import { expect, test } from 'vitest';
import { callPath, costsPath, treePath } from './paths.ts';

const range = { fromMs: Date.UTC(2026, 2, 1, 10), toMs: Date.UTC(2026, 2, 1, 11) };

test('a question about costs carries dimensions, filters and range', () => {
  const path = costsPath({ by: ['team', 'stage'], where: { team: ['a', 'b'], stage: [''] }, limit: 5 }, range);
  const params = new URL(path, 'http://x').searchParams;
  expect(params.get('by')).toBe('team,stage');
  expect(params.getAll('team')).toEqual(['a', 'b']);
  expect(params.getAll('stage')).toEqual(['']);
  expect(params.get('from')).toBe('2026-03-01T10:00:00.000Z');
});

test('names are quoted in paths', () => {
  expect(treePath({ workflow: 'a/b c', stage: 'x' }, range)).toContain('/api/workflows/a%2Fb%20c/tree?');
  expect(callPath('../keys')).toBe('/api/calls/..%2Fkeys');
});
