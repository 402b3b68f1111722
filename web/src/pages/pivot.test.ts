import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sumUsd, toDecimal, usd } from '../../../src/money/index.ts';
import type { CostStack } from '../api/schema.ts';
import { otherColumns, pivotOf } from './pivot.ts';

const group = (team: string | null, model: string | null, totalUsd: string) => ({
  ...{ dimensions: { team, model }, runs: 0, calls: 0, tokens: 0 },
  ...{ totalUsd, tokenUsd: '0', tokenShare: null },
});
const stackOf = (groups: readonly ReturnType<typeof group>[]) => ({ groups }) as unknown as CostStack;

test('rows and columns stand in the order of their cost, with what nobody claims as a row of its own', () => {
  const pivot = pivotOf(
    stackOf([group('a', 'x', '1'), group('b', 'y', '5'), group(null, 'x', '0.5')]),
    'team',
    'model',
  );
  expect(pivot.columns).toEqual(['y', 'x']);
  expect(pivot.rows.map(({ name, totalUsd }) => [name, totalUsd])).toEqual([
    ['b', '5'],
    ['a', '1'],
    ['', '0.5'],
  ]);
  expect(pivot.total.cells.get('x')).toBe('1.5');
  expect(pivot.total.totalUsd).toBe('6.5');
});

test('rows, columns and the total always sum to what was shared out', () => {
  const name = fc.constantFrom(null, ...Array.from({ length: 20 }, (_, index) => `n${index}`));
  const made = fc.array(fc.record({ row: name, column: name, picos: fc.bigInt({ min: 0n, max: 10n ** 18n }) }));
  fc.assert(
    fc.property(made, (cells) => {
      const groups = cells.map(({ row, column, picos }) => group(row, column, toDecimal({ picos })));
      const pivot = pivotOf(stackOf(groups), 'team', 'model');
      const whole = toDecimal(sumUsd(cells.map(({ picos }) => ({ picos }))));
      const sum = (amounts: Iterable<string>) => toDecimal(sumUsd([...amounts].map(usd)));
      expect(pivot.total.totalUsd).toBe(whole);
      expect(sum(pivot.total.cells.values())).toBe(whole);
      expect(sum(pivot.rows.map(({ totalUsd }) => totalUsd))).toBe(whole);
      expect(pivot.others).toBe(pivot.total.cells.has(otherColumns));
    }),
  );
});
