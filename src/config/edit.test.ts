import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ConfigEdit, editConfig } from './edit.ts';

const sample = readFileSync(new URL('../../test/golden/config/sample.yaml', import.meta.url), 'utf8');
const stage = ['workflows', 'support-assistant', 'stages', 'answer'] as const;

/** Lines that differ, as `-` and `+`, which is what a reviewer sees. */
function changedLines(before: string, after: string): string[] {
  const old = before.split('\n');
  const now = after.split('\n');
  const gone = old.filter((line) => !now.includes(line)).map((line) => `- ${line.trim()}`);
  return [...gone, ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line.trim()}`)];
}

test.each<[string, ConfigEdit[], string[]]>([
  [
    'a value in a block mapping, its comment staying',
    [{ path: [...stage, 'retries'], value: 3 }],
    [
      '- retries: 2                            # retries after the first try',
      '+ retries: 3                            # retries after the first try',
    ],
  ],
  [
    'a value by quantiles',
    [{ path: [...stage, 'output'], value: { p50: 210, p90: 480, p99: 900 } }],
    ['- output: "150 to 600"', '+ output: { p50: 210, p90: 480, p99: 900 }'],
  ],
  [
    'a value deep in flow mappings',
    [{ path: [...stage, 'input', 'question'], value: '30 to 250' }],
    [
      '- input: { system: 600, history: { perTurn: "150 to 400" }, retrieval: "4k to 8k", question: "20 to 200" }   # parts, or one number',
      '+ input: { system: 600, history: { perTurn: "150 to 400" }, retrieval: "4k to 8k", question: 30 to 250 }   # parts, or one number',
    ],
  ],
  ['a new key in a block mapping', [{ path: [...stage, 'maxOutputTokens'], value: 800 }], ['+ maxOutputTokens: 800']],
  [
    'a new key in a flow mapping',
    [{ path: ['plans', 'free', 'maxOutputTokens'], value: 300 }],
    [
      '- plans: { free: { interactionsPerDay: 10 }, pro: { interactionsPerDay: 200, priceUsd: 29 } }',
      '+ plans: { free: { interactionsPerDay: 10, maxOutputTokens: 300 }, pro: { interactionsPerDay: 200, priceUsd: 29 } }',
    ],
  ],
  ['the removal of a key', [{ path: [...stage, 'coalesce'], remove: true }], ['- coalesce: true']],
  ['a new section at the end', [{ path: ['forecast'], value: { seed: 7 } }], ['+ forecast: { seed: 7 }']],
])('%s', (_, edits, lines) => expect(changedLines(sample, editConfig(sample, edits))).toEqual(lines));

test('a change that cannot be made in place still says the right thing and keeps comments', () => {
  const text = '# top\nversion: 1\na: &shared { x: 1 } # beside\nb: *shared\n';
  const edited = editConfig(text, [{ path: ['c', 'd', 'e'], value: 5 }]);
  expect(parse(edited)).toEqual({ version: 1, a: { x: 1 }, b: { x: 1 }, c: { d: { e: 5 } } });
  expect(edited).toContain('# top');
  expect(edited).toContain('# beside');
});

describe('for any value', () => {
  const value = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.string(),
    fc.record({ p50: fc.nat(), p99: fc.nat() }),
    fc.array(fc.string(), { maxLength: 3 }),
  );
  const places: (readonly string[])[] = [
    [...stage, 'output'],
    [...stage, 'new-key'],
    ['timeZone'],
    ['plans', 'free', 'x'],
    ['listen'],
    ['new-section'],
  ];

  test('what is read back is what was put in, and every comment is still there', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), value, (path, put) => {
        const edited = editConfig(sample, [{ path, value: put }]);
        const read = path.reduce<unknown>((inner, step) => (inner as Record<string, unknown>)[step], parse(edited));
        expect(read).toEqual(put);
        expect(edited).toContain('# retries after the first try');
        expect(edited).toContain('# calendar periods follow it');
      }),
      { numRuns: 60 },
    );
  });
});
