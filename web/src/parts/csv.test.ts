import { expect, test } from 'vitest';
import { csvText } from './csv.ts';

test('quotes what must be quoted and ends lines as the standard says', () => {
  const text = csvText(
    ['team', 'costUsd'],
    [
      ['a,b', '0.1'],
      ['say "x"', null],
      ['two\nlines', 3],
    ],
  );
  expect(text).toBe('team,costUsd\r\n"a,b",0.1\r\n"say ""x""",\r\n"two\nlines",3\r\n');
});

test.each([
  ['=1+1', "'=1+1"],
  ['@cmd', "'@cmd"],
  ['-2.5', '-2.5'],
  ['+44', "'+44"],
])('%s cannot run in a spreadsheet', (value, safe) => {
  expect(csvText(['x'], [[value]])).toBe(`x\r\n${safe}\r\n`);
});
