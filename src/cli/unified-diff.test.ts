import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

test('shows what changed between two lines of context', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].join('\n');
  const after = ['a', 'b', 'c', 'D', 'e', 'f', 'g'].join('\n');
  expect(unifiedDiff(before, after, 'x.yaml').split('\n')).toEqual([
    '--- x.yaml',
    '+++ x.yaml',
    '@@ -2,5 +2,5 @@',
    ' b',
    ' c',
    '-d',
    '+D',
    ' e',
    ' f',
  ]);
});

test('equal texts differ in nothing', () => expect(unifiedDiff('a\n', 'a\n', 'x')).toBe(''));

/** Applies a unified diff by its line numbers, as `patch` does. */
function patched(before: string, diff: string): string {
  const source = before.split('\n');
  const out: string[] = [];
  let at = 0;
  for (const line of diff.split('\n').slice(2)) {
    const header = /^@@ -(\d+),(\d+) \+\d+,\d+ @@$/.exec(line);
    if (header) {
      // A hunk that takes no line stands after the line named.
      const from = Number(header[1]) - 1;
      while (at < from) out.push(source[at++]!);
    } else if (line.startsWith('+')) out.push(line.slice(1));
    else {
      expect(source[at]).toBe(line.slice(1));
      if (line.startsWith(' ')) out.push(source[at]!);
      at++;
    }
  }
  return [...out, ...source.slice(at)].join('\n');
}

test('applying it gives the other text', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 30 })
    .map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      expect(patched(before, unifiedDiff(before, after, 'x') || '\n')).toBe(after);
    }),
  );
});
