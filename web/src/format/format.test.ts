import { describe, expect, test } from 'vitest';
import {
  addMoney,
  alignMoney,
  divideMoney,
  maxMoney,
  moneyDigits,
  scaleMoney,
  shareOf,
  showMoney,
  showUnitMoney,
  subtractMoney,
} from './money.ts';
import { plural, showBytes, showCount, showDuration, showRatio, showShare, showShort } from './number.ts';
import { parseBucket } from './time.ts';

describe('money', () => {
  test.each([
    [null, '—'],
    ['0', '$0.00'],
    ['5000', '$5,000.00'],
    ['0.000123456', '$0.0001235'],
  ])('%s is shown as %s', (decimal, text) => {
    expect(showMoney(decimal)).toBe(text);
  });

  test.each([
    [null, '—'],
    ['0.03125', '$0.0313'],
    ['1.25', '$1.25'],
    ['0.004991', '$0.004991'],
  ])('the price of one thing, %s, is shown as %s', (decimal, text) => {
    expect(showUnitMoney(decimal)).toBe(text);
  });

  test.each<[string | null, number, string]>([
    [null, 4, '—'],
    ['1234.56785', 4, '$1,234.5679'],
    ['0.00001', 4, '<$0.0001'],
    ['-0.00001', 4, '-<$0.0001'],
    ['0', 4, '$0.0000'],
    ['-2.5', 2, '-$2.50'],
    ['999999.995', 2, '$1,000,000.00'],
  ])('%s lines up with %i decimals as %s', (decimal, digits, text) => {
    expect(alignMoney(decimal, digits)).toBe(text);
  });

  test.each([
    ['12000', 2],
    ['886.67', 2],
    ['2.81', 4],
    ['0.04', 6],
  ])('a column up to %s has %i decimals', (most, digits) => {
    expect(moneyDigits(most)).toBe(digits);
  });

  test('sums, products, quotients and shares are exact', () => {
    expect(addMoney('0.1', '0.2')).toBe('0.3');
    expect(subtractMoney('0.1', '0.3')).toBe('-0.2');
    expect(scaleMoney('0.000000000001', 4)).toBe('0.000000000004');
    expect(divideMoney('1', 3)).toBe('0.333333333333');
    expect(divideMoney('1', 0)).toBeNull();
    expect(maxMoney(['1.5', null, '10', '9'])).toBe('10');
    expect(shareOf('1', '4')).toBe(0.25);
    expect(shareOf('0', '0')).toBe(0);
  });
});

describe('numbers', () => {
  test('counts, ratios, shares and sizes', () => {
    expect(showCount(19_366)).toBe('19,366');
    expect([showShort(9_999), showShort(64_400), showShort(1_234_567)]).toEqual(['9,999', '64.4K', '1.2M']);
    expect([showRatio(3.417), showRatio(null)]).toEqual(['3.42×', '—']);
    expect([showShare(0), showShare(0.0004), showShare(0.034), showShare(0.98)]).toEqual([
      '0%',
      '<0.1%',
      '3.4%',
      '98%',
    ]);
    expect([showBytes(680), showBytes(14_700), showBytes(2_000_000)]).toEqual(['680 B', '14.7 kB', '2.0 MB']);
    expect([plural(1, 'call'), plural(2, 'success', 'successes')]).toEqual(['1 call', '2 successes']);
  });

  test.each<[number | null, string]>([
    [null, '—'],
    [840, '840 ms'],
    [1_840, '1.84 s'],
    [125_000, '2 min 5 s'],
  ])('%s ms is shown as %s', (ms, text) => {
    expect(showDuration(ms)).toBe(text);
  });
});

describe('time', () => {
  test.each([
    ['2026-03-01T10:00:00.000Z', Date.UTC(2026, 2, 1, 10)],
    ['2026-03-01T10:00', Date.UTC(2026, 2, 1, 10)],
    ['2026-03-01 10:00', Date.UTC(2026, 2, 1, 10)],
    ['2026-03-01T10:00:00+01:00', Date.UTC(2026, 2, 1, 9)],
    ['2026-03-01', Date.UTC(2026, 2, 1)],
    ['2026-03', Date.UTC(2026, 2, 1)],
  ])('bucket %s begins at %i', (text, ms) => {
    expect(parseBucket(text)).toBe(ms);
  });
});
