import { expect, test } from 'vitest';
import { callPath, callsPath, costsPath, runsPath, treePath } from './paths.ts';

const range = { fromMs: Date.UTC(2026, 2, 1, 10), toMs: Date.UTC(2026, 2, 1, 11) };

test('a question about costs carries dimensions, filters and range', () => {
  const path = costsPath({ by: ['team', 'stage'], where: { team: ['a', 'b'], stage: [''] }, limit: 5 }, range);
  const params = new URL(path, 'http://x').searchParams;
  expect(params.get('by')).toBe('team,stage');
  expect(params.getAll('where')).toEqual(['team:a', 'team:b', 'stage:']);
  expect(params.get('from')).toBe('2026-03-01T10:00:00.000Z');
});

test('names are quoted in paths', () => {
  expect(treePath({ workflow: 'a/b c', where: { workflow: ['other'], team: ['x:y'] } }, range)).toContain(
    '/api/workflows/a%2Fb%20c/tree?',
  );
  expect(treePath({ workflow: 'a', where: { workflow: ['b'], team: ['x:y'] } }, range)).toMatch(/where=team%3Ax%3Ay$/);
  expect(callPath('../keys')).toBe('/api/calls/..%2Fkeys');
});

test('how runs ended is asked for by its own name, and never of calls', () => {
  const query = { where: { outcome: ['success'], team: ['a'] }, limit: 50, before: '17.run_1' };
  const params = new URL(runsPath(query, range), 'http://x').searchParams;
  expect([params.get('outcome'), params.getAll('where'), params.get('before')]).toEqual([
    'success',
    ['team:a'],
    '17.run_1',
  ]);
  expect(callsPath(query, range)).not.toContain('outcome');
});
