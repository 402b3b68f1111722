import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addUsd,
  allocate,
  compareUsd,
  costOf,
  formatUsd,
  fromPicos,
  rateFromUsdPerMillion,
  rateFromUsdPerUnit,
  scaleRate,
  subtractUsd,
  sumUsd,
  toDecimal,
  usd,
  usdPerMillion,
} from './index.ts';

const picos = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });

describe('reading and writing dollars', () => {
  test.each([
    ['1', 1_000_000_000_000n],
    ['0.001', 1_000_000_000n],
    ['-3.5', -3_500_000_000_000n],
    ['1e-12', 1n],
    ['2.5E3', 2_500_000_000_000_000n],
    ['0.0000000000005', 1n],
    ['0.00000000000049', 0n],
    ['-0.0000000000005', -1n],
  ])('%s is %s picodollars', (text, expected) => {
    expect(usd(text).picos).toBe(expected);
  });

  test.each(['', 'abc', '1,5', '$3', 'NaN', 'Infinity', '1.2.3', '0x10', '1e999'])('"%s" is refused', (text) => {
    expect(() => usd(text)).toThrow(expect.objectContaining({ code: 'MONEY_INVALID' }));
  });

  test('the decimal text reads back to the same amount', () => {
    fc.assert(fc.property(picos, (amount) => usd(toDecimal(fromPicos(amount))).picos === amount));
  });

  test.each([
    ['5000', '$5,000.00'],
    ['150000', '$150,000.00'],
    ['0', '$0.00'],
    ['-1234567.891', '-$1,234,567.89'],
    ['0.005', '$0.005'],
    ['0.0001234', '$0.0001234'],
    ['0.01', '$0.01'],
    ['0.000000000001', '$0.000000000001'],
  ])('%s is shown as %s', (amount, shown) => {
    expect(formatUsd(usd(amount))).toBe(shown);
  });
});

describe('arithmetic', () => {
  test('adding and subtracting are exact and inverse', () => {
    fc.assert(
      fc.property(picos, picos, (a, b) => {
        const sum = addUsd(fromPicos(a), fromPicos(b));
        return subtractUsd(sum, fromPicos(b)).picos === a && sumUsd([fromPicos(a), fromPicos(b)]).picos === sum.picos;
      }),
    );
  });

  test('comparison orders amounts', () => {
    expect([usd('2'), usd('-1'), usd('0.5')].sort(compareUsd).map(toDecimal)).toEqual(['-1', '0.5', '2']);
  });
});

describe('rates', () => {
  test.each([
    [1.25, 1_250_000n],
    ['0.002', 2_000n],
    [10, 10_000_000n],
    [0.0375, 37_500n],
    [1e-6, 1n],
  ])('%s USD per million is %s picodollars each', (listed, rate) => {
    expect(rateFromUsdPerMillion(listed)).toBe(rate);
    expect(Number(usdPerMillion(rate))).toBe(Number(listed));
  });

  test('a million calls a day at a tenth of a cent, five per user, cost exactly what arithmetic says', () => {
    const perDay = costOf(5_000_000, rateFromUsdPerUnit('0.001'));
    expect(formatUsd(perDay)).toBe('$5,000.00');
    expect(formatUsd(fromPicos(perDay.picos * 30n))).toBe('$150,000.00');
  });

  test.each([
    [1_250_000n, '0.5', 625_000n],
    [3n, '0.5', 2n],
    [-3n, '0.5', -2n],
    [1_000_000n, '1.3', 1_300_000n],
  ])('%s × %s = %s', (rate, factor, expected) => {
    expect(scaleRate(rate, factor)).toBe(expected);
  });
});

describe('allocate', () => {
  const weights = fc
    .array(fc.oneof(fc.nat(10_000), fc.double({ min: 0, max: 1e9, noNaN: true })), { minLength: 1, maxLength: 40 })
    .filter((list) => list.some((weight) => weight > 0));

  test('parts sum to the total exactly', () => {
    fc.assert(
      fc.property(picos, weights, (total, shares) => sumUsd(allocate(fromPicos(total), shares)).picos === total),
    );
  });

  test('no part is a picodollar or more away from its proportional share, for whole weights', () => {
    const whole = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 20 }).filter((list) => list.some((w) => w > 0));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), whole, (total, shares) => {
        const sum = BigInt(shares.reduce((a, b) => a + b, 0));
        return allocate(fromPicos(total), shares).every((part, i) => {
          const error = part.picos * sum - total * BigInt(shares[i]!);
          return error > -sum && error < sum;
        });
      }),
    );
  });

  test('a weight of zero gets nothing', () => {
    expect(allocate(usd('1'), [0, 1, 0]).map(toDecimal)).toEqual(['0', '1', '0']);
  });

  test('ties go to the earlier part', () => {
    expect(allocate(fromPicos(2n), [1, 1, 1]).map((part) => part.picos)).toEqual([1n, 1n, 0n]);
  });

  test.each([[[]], [[0, 0]], [[-1, 2]], [[Number.NaN]], [[Number.POSITIVE_INFINITY]]])('%j is refused', (shares) => {
    expect(() => allocate(usd('1'), shares)).toThrow(expect.objectContaining({ code: 'ALLOCATION_EMPTY' }));
  });
});
