import { describe, expect, test } from 'vitest';
import { nearest } from './index.ts';

describe('nearest', () => {
  test.each([
    ['provder', 'provider'],
    ['taem', 'team'],
    ['WORKFLOW', 'workflow'],
    ['work-flow', 'workflow'],
    ['xyzzy', null],
    ['', null],
  ])('%s means %s', (written, meant) => {
    expect(nearest(written, ['provider', 'workflow', 'team', 'stage'])).toBe(meant);
  });

  test('the first of equals wins, and no words give null', () => {
    expect(nearest('ab', ['ax', 'ay'])).toBe('ax');
    expect(nearest('ab', [])).toBeNull();
  });
});
