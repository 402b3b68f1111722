import type { Config } from '../../config/index.ts';
import type { UsersRow } from '../../ledger/index.ts';
import { addUsd, subtractUsd, type Usd, zeroUsd } from '../../money/index.ts';
import { timesUsd } from '../stack/mean-usd.ts';
import type { CostStack } from '../stack/stack.ts';

/** What a plan or a customer pays and costs. */
export interface Margin {
  /** Null: calls that name none. */
  readonly name: string | null;
  readonly users: number;
  readonly revenue: Usd;
  readonly cost: Usd;
  readonly margin: Usd;
  /** Margin ÷ revenue; null without revenue. */
  readonly share: number | null;
}

/** Active users × the price of their plan × the months of the range, against the full cost allocated to them. */
export function marginsBy(
  dimension: 'plan' | 'customer',
  stack: CostStack,
  users: readonly UsersRow[],
  { config, months }: { readonly config: Config; readonly months: number },
): Margin[] {
  return stack.groups.map((group) => {
    const name = group.dimensions[dimension] ?? null;
    const own = users.filter((row) => (row.dimensions[dimension] ?? null) === name);
    const revenue = own.reduce((sum, row) => addUsd(sum, revenueOf(row, config, months)), zeroUsd);
    const margin = subtractUsd(revenue, group.total);
    return {
      name,
      users: own.reduce((sum, row) => sum + row.users, 0),
      revenue,
      cost: group.total,
      margin,
      share: revenue.picos === 0n ? null : Number(margin.picos) / Number(revenue.picos),
    };
  });
}

function revenueOf(row: UsersRow, { plans }: Config, months: number): Usd {
  return timesUsd(plans[row.dimensions.plan ?? '']?.priceUsd ?? zeroUsd, row.users * months);
}
