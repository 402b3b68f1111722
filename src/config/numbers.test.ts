import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toDecimal } from '../money/index.ts';
import {
  duration,
  factor,
  fraction,
  fractionQuantity,
  money,
  quantity,
  signedQuantity,
  usdQuantity,
} from './fields.ts';
import {
  parseByteSize,
  parseCalendarSpan,
  parseDecimal,
  parseDurationMs,
  parseInstant,
  parseNumber,
  parseRate,
  parseUsd,
} from './numbers.ts';

describe('numbers', () => {
  test.each([
    [800, 800],
    ['4k', 4000],
    ['1.1k', 1100],
    ['1.5M', 1_500_000],
    ['2G', 2_000_000_000],
    ['70%', 0.7],
    ['7 %', 0.07],
    ['1_000', 1000],
    ['1e3', 1000],
    ['-0.5', -0.5],
    ['.5', 0.5],
  ])('%j is %d', (text, value) => expect(parseNumber(text)).toBe(value));

  test.each([
    '',
    ' ',
    'k',
    '4kk',
    '1,000',
    '0x10',
    'NaN',
    'Infinity',
    '1e999',
    '4 to 5',
    '--1',
    null,
    undefined,
    true,
    [1],
  ])('%j is none', (text) => expect(parseNumber(text)).toBeNull());
});

test.each([
  ['250ms', 250],
  ['1.8s', 1800],
  ['1.1h', 3_960_000],
  ['5m', 300_000],
  ['7d', 604_800_000],
  ['2 weeks', 1_209_600_000],
  [0, 0],
  [24, null],
  ['24', null],
  ['5 months', null],
])('the duration %j is %j ms', (text, ms) => expect(parseDurationMs(text)).toBe(ms));

test.each([
  ['40B', 40],
  ['12kB', 12_000],
  ['64KiB', 65_536],
  ['1.5 GB', 1_500_000_000],
  [1024, 1024],
  ['1.5B', null],
  ['-1kB', null],
  ['12kb', null],
])('the size %j is %j bytes', (text, bytes) => expect(parseByteSize(text)?.bytes ?? null).toBe(bytes));

test.each([
  ['500/m', { count: 500, perMs: 60_000 }],
  ['200k/m', { count: 200_000, perMs: 60_000 }],
  ['10/s', { count: 10, perMs: 1000 }],
  ['1 / hour', { count: 1, perMs: 3_600_000 }],
  ['500', null],
  ['5/x', null],
  ['5/m/s', null],
  [500, null],
])('the rate %j is %j', (text, rate) => expect(parseRate(text)).toEqual(rate));

test.each([
  ['24 months', 24],
  ['2 years', 24],
  ['1.5 years', 18],
  ['1.5 months', null],
  ['0 months', null],
  [24, null],
])('the span %j is %j months', (text, months) => expect(parseCalendarSpan(text)?.months ?? null).toBe(months));

test.each([
  ['2026-01-01', Date.UTC(2026, 0, 1)],
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  ['2026-01-31T08:00:00+02:00', Date.UTC(2026, 0, 31, 6)],
  ['2026-02-29', null],
  ['2026-13-01', null],
  ['2026-1-1', null],
  ['2026-01-31T08:00:00', null],
  ['2026-01-31T25:00:00Z', null],
])('the date %j is %j', (text, ms) => expect(parseInstant(text)?.ms ?? null).toBe(ms));

describe('money', () => {
  test.each([
    ['4.50', '4.5'],
    [0.1, '0.1'],
    ['9k', '9000'],
    ['0.000000000001', '0.000000000001'],
    ['1.5M', '1500000'],
    ['.5', '0.5'],
  ])('%j is $%s', (text, dollars) => {
    const amount = parseUsd(text);
    expect(amount && toDecimal(amount)).toBe(dollars);
  });

  test.each(['$5', '5 USD', '1e500', '5%', '1'.repeat(100), ''])('%j is none', (text) =>
    expect(parseUsd(text)).toBeNull(),
  );

  test('any decimal of twelve places survives exactly', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 24n), (picos) => {
        expect(parseUsd(toDecimal({ picos }))).toEqual({ picos });
      }),
    );
  });

  test('rates stay as they are written', () => {
    expect(parseDecimal('0.1250')).toBe('0.1250');
    expect(parseDecimal(1e-7)).toBe('1e-7');
    expect(parseDecimal('-1')).toBeNull();
  });
});

const read = (field: typeof quantity, raw: unknown): unknown => {
  const result = field.safeParse(raw);
  return result.success ? result.data : result.error.issues.map((issue) => [issue.path.join('.'), issue.message]);
};

describe('quantities', () => {
  test.each([
    [800, { kind: 'value', value: 800 }],
    ['4k', { kind: 'value', value: 4000 }],
    ['200 to 900', { kind: 'range', low: 200, high: 900, shape: 'lognormal' }],
    ['0 to 9', { kind: 'range', low: 0, high: 9, shape: 'normal' }],
    [
      { p50: 3, p99: '1k' },
      { kind: 'quantiles', p50: 3, p99: 1000 },
    ],
    [
      { p50: 3, p90: 3, p99: 3 },
      { kind: 'quantiles', p50: 3, p90: 3, p99: 3 },
    ],
    ['measured', { kind: 'measured' }],
  ])('%j', (raw, expected) => expect(read(quantity, raw)).toEqual(expected));

  test('a negative change is normal, a share stays below one', () => {
    expect(read(signedQuantity, '-10% to 5%')).toEqual({ kind: 'range', low: -0.1, high: 0.05, shape: 'normal' });
    expect(fractionQuantity.safeParse('0.5 to 1.5').success).toBe(false);
    expect(usdQuantity.parse('1 to 2.5')).toEqual({
      kind: 'range',
      low: { picos: 1_000_000_000_000n },
      high: { picos: 2_500_000_000_000n },
      shape: 'lognormal',
    });
  });

  test('any range with low < high is read as written, and turned round it is refused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 1e9 }), (low, width) => {
        const high = low + width;
        expect(read(quantity, `${low} to ${high}`)).toEqual({
          kind: 'range',
          low,
          high,
          shape: low > 0 ? 'lognormal' : 'normal',
        });
        expect(quantity.safeParse(`${high} to ${low}`).success).toBe(false);
      }),
    );
  });

  test('any number is read to the nearest double, with any suffix', () => {
    const suffixes = { '': 0, k: 3, M: 6, G: 9, '%': -2 } as const;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.nat(4),
        fc.constantFrom(...(Object.keys(suffixes) as (keyof typeof suffixes)[])),
        (whole, places, suffix) => {
          const digits = `${whole}e-${places}`;
          expect(parseNumber(`${digits}${suffix}`)).toBe(Number(`${whole}e${suffixes[suffix] - places}`));
        },
      ),
    );
  });

  test('no text whatever makes a field throw', () => {
    const fields = [quantity, signedQuantity, fractionQuantity, duration, money, factor, fraction];
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.anything(), (field, raw) => {
        expect(() => field.safeParse(raw)).not.toThrow();
      }),
    );
  });
});
