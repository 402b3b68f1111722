import { showUnitMoney } from './money.ts';
import { showCount } from './number.ts';

/** An amount in the unit a budget counts in: dollars, or a number of tokens, requests, … */
export function showAmount(unit: string, amount: string): string {
  return unit === 'usd' ? showUnitMoney(amount) : `${showCount(Number(amount))} ${unit}`;
}
