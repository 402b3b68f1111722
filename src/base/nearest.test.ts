import { describe, expect, test } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

describe('nearest', () => {
  test.each([
    ['provder', 'provider'],
    ['taem', 'team'],
    ['WORKFLOW', 'workflow'],
    ['work-flow', 'workflow'],
    ['maxOutput', 'maxOutputTokens'],
    ['xyzzy', null],
    ['te', null],
    ['', null],
  ])('of %j is %j', (written, meant) => {
    expect(nearest(written, ['provider', 'workflow', 'team', 'stage', 'maxOutputTokens'])).toBe(meant);
  });

  test('the first of equals wins, and no words give null', () => {
    expect(nearest('ab', ['ax', 'ay'])).toBe('ax');
    expect(nearest('ab', [])).toBeNull();
  });

  test.each([
    ['', '', 0],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
    ['a'.repeat(500), 'b', 128],
  ])('from %j to %j it is %d edits', (a, b, edits) => expect(editDistance(a, b)).toBe(edits));
});
