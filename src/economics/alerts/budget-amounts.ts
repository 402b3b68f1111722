import { fromPicos, toDecimal } from '../../money/index.ts';
import type { AmountUnit, BudgetDefinition } from '../../tree/index.ts';
import type { WatchRule } from './alert.ts';

/** The floor is one of money; amounts of another unit have none. */
export function minimumOf(rule: WatchRule, { unit }: BudgetDefinition): bigint {
  return unit === 'usd' ? rule.minimumPicos : 0n;
}

/** Which budget, and whose where each has one of their own. */
export function budgetName(name: string, instance: Readonly<Record<string, string>>): string {
  const whose = Object.entries(instance).map(([dimension, value]) =>
    value ? `${dimension} ${value}` : `no ${dimension}`,
  );
  return whose.length > 0 ? `${name} of ${whose.join(', ')}` : name;
}

/** An amount of a budget's unit, for people. */
export function shownAmount(amount: bigint, unit: AmountUnit): string {
  return unit === 'usd' ? toDecimal(fromPicos(amount)) : `${amount} ${unit}`;
}
