import type { Config } from '../../config/index.ts';
import { type ModelBuilder, type Num, zero } from './number.ts';

/** What an hour of each role costs. */
export interface PersonRates {
  hourlyUsd(role: string | undefined): Num;
}

/** One rate is one unknown, however often the role is named. */
export function personRates({ people }: Config, builder: ModelBuilder): PersonRates {
  const rates = new Map(
    Object.entries(people).map(([role, person]) => [
      role,
      builder.money(person.hourlyUsd, ['people', role, 'hourlyUsd']),
    ]),
  );
  return { hourlyUsd: (role) => rates.get(role ?? '') ?? zero };
}
