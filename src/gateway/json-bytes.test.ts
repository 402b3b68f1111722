import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findLastValue, findValue, insertMember, replaceSpan, topLevelMember } from './json-bytes.ts';

const objects = fc.dictionary(
  fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
  fc.jsonValue(),
  { maxKeys: 6 },
);
const spacing = fc.constantFrom(undefined, 1, '\t');
/** Names that JSON writes without escapes; others are documented as not recognised. */
const plainName = (name: string): boolean => JSON.stringify(name) === `"${name}"`;

describe('members of JSON bytes', () => {
  test('are found where parsing finds them', () => {
    fc.assert(
      fc.property(objects, spacing, (object, space) => {
        const bytes = Buffer.from(JSON.stringify(object, null, space));
        for (const name of Object.keys(object).filter(plainName)) {
          const span = topLevelMember(bytes, name);
          expect(span).not.toBeNull();
          const text = bytes.toString('utf8', span?.valueStart, span?.valueEnd);
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(object[name])));
        }
        expect(topLevelMember(bytes, 'no such name at all')).toBeNull();
      }),
    );
  });

  test('are replaced and inserted without touching the rest', () => {
    fc.assert(
      fc.property(objects, spacing, (object, space) => {
        const bytes = Buffer.from(JSON.stringify(object, null, space));
        const grown = insertMember(bytes, 'added here', '[1]');
        expect(JSON.parse(grown.toString())).toEqual({ 'added here': [1], ...JSON.parse(bytes.toString()) });
        const span = topLevelMember(grown, 'added here');
        const changed = span && replaceSpan(grown, span, '"x"');
        expect(JSON.parse(String(changed))).toEqual({ 'added here': 'x', ...JSON.parse(bytes.toString()) });
      }),
    );
  });

  test.each([
    ['the last of repeated names counts', '{"a":1,"a":2}', 'a', '2'],
    ['members of members do not', '{"b":{"a":1},"c":["a",{"a":2}]}', 'a', null],
    ['names inside texts do not', '{"b":"\\"a\\":1"}', 'a', null],
    ['a byte order mark is stepped over', '\ufeff{"a":1}', 'a', '1'],
    ['an array has none', '[{"a":1}]', 'a', null],
    ['nothing has none', '', 'a', null],
  ])('%s', (_name, text, name, value) => {
    const bytes = Buffer.from(text);
    const span = topLevelMember(bytes, name);
    expect(span && bytes.toString('utf8', span.valueStart, span.valueEnd)).toBe(value);
  });

  test.each([
    ['{"text":"\\"usage\\":{}","usage":{"a":1}}', '{"a":1}}'],
    ['{"text":"usage","usage" : null}', 'null}'],
    ['{"text":"usage"}', null],
    ['"usage"', null],
  ])('a value is found by its name: %s', (text, rest) => {
    const bytes = Buffer.from(text);
    const name = Buffer.from('"usage"');
    for (const at of [findValue(bytes, name, 0), findLastValue(bytes, name)]) {
      expect(at === -1 ? null : bytes.toString('utf8', at)).toBe(rest);
    }
  });
});
