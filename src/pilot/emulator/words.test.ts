import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { PromptScan } from './prompt-scan.ts';
import { padToTokens, valueFor } from './schema-value.ts';
import { countWords, firstWords, piecesOf, wordsOf } from './words.ts';

test('text has exactly the tokens asked for, wherever it starts', () => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.nat(100_000), (tokens, offset) => {
      expect(countWords(wordsOf(tokens, offset))).toBe(tokens);
    }),
    { numRuns: 60 },
  );
});

test('pieces join to the text and hold at most their tokens', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'é', ' ', '\n', '{') }),
      fc.integer({ min: 1, max: 9 }),
      (text, tokens) => {
        const pieces = [...piecesOf(text, tokens)];
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) expect(countWords(piece)).toBeLessThanOrEqual(tokens);
        expect(countWords(firstWords(text, tokens))).toBe(Math.min(tokens, countWords(text)));
      },
    ),
  );
});

test('a prompt counts the same however its texts are split at words, and prefixes hash alike', () => {
  const whole = new PromptScan('m');
  whole.add(wordsOf(1_000, 5));
  const split = new PromptScan('m');
  split.add(wordsOf(300, 5));
  split.add(wordsOf(700, 305));
  expect(split.tokens).toBe(1_000);
  expect(split.blocks).toEqual(whole.blocks);
  const other = new PromptScan('n');
  other.add(wordsOf(1_000, 5));
  expect(other.blocks).not.toEqual(whole.blocks);
});

describe('values of a schema', () => {
  test.each([
    [{ type: 'integer', minimum: 3, maximum: 3 }, 3],
    [{ const: 'x' }, 'x'],
    [{ enum: ['only'] }, 'only'],
    [{ type: ['null', 'string'], format: 'date' }, '2026-01-15'],
    [{ anyOf: [{ type: 'null' }, { const: 1 }] }, 1],
    [{ type: 'ARRAY', minItems: 1, items: { type: 'INTEGER', minimum: 0, maximum: 0 } }, [0]],
    [{ $ref: '#/$defs/a~1b', $defs: { 'a/b': { const: 'deep' } } }, 'deep'],
    [{ allOf: [{ type: 'object' }, { properties: { a: { const: 2 } } }] }, { a: 2 }],
  ])('%j', (schema, value) => {
    expect(valueFor(schema, seededRandom(1))).toEqual(value);
  });

  test('a schema that holds itself comes to an end', () => {
    const schema = { type: 'object', properties: { child: { $ref: '#' } }, required: ['child'] };
    expect(JSON.stringify(valueFor(schema, seededRandom(1))).length).toBeLessThan(1_000);
  });

  test('a free string takes up missing tokens; a value without one stays', () => {
    const schema = { properties: { a: { type: 'string' } } };
    expect(countWords(padToTokens({ a: 'one' }, schema, 30))).toBe(30);
    expect(padToTokens({ a: 1 }, { properties: { a: { type: 'integer' } } }, 30)).toBe('{"a":1}');
  });
});
