import type { Config } from '../../config/index.ts';
import type { EndingRow } from '../../ledger/index.ts';
import type { Usd } from '../../money/index.ts';
import { meanUsd, timesUsd } from './mean-of.ts';
import type { LineContext } from './overhead-lines.ts';
import type { StackBuilder } from './stack-builder.ts';

const minutesPerHour = 60;

/**
 * Minutes people spent on runs (of their outcomes) at the rate of their role, where the run is.
 * @returns minutes for which no rate is known
 */
export function addPeopleLines({ builder, groups, facts, config }: LineContext): number {
  let withoutRate = 0;
  const open = new Map<string, ReturnType<StackBuilder['open']>>();
  const worked = facts.endings.filter((row) => row.humanMinutes > 0);
  for (const row of worked) {
    const role = roleOf(row, config);
    const rate = role === null ? null : hourlyRate(config, role);
    if (role === null || rate === null) {
      withoutRate += row.humanMinutes;
      continue;
    }
    const line =
      open.get(role) ??
      builder.open({
        ...{ line: 'human', name: role, origin: 'outcomes', rule: 'direct', unit: 'minutes', estimated: false },
        quantity: worked.reduce((sum, each) => (roleOf(each, config) === role ? sum + each.humanMinutes : sum), 0),
      });
    open.set(role, line);
    builder.put(line, groups.indexOf(row.dimensions), timesUsd(rate, row.humanMinutes / minutesPerHour));
  }
  return withoutRate;
}

function hourlyRate(config: Config, role: string): Usd | null {
  const person = config.people[role];
  return person ? meanUsd(person.hourlyUsd) : null;
}

/** The role the outcome names; else the only one its workflow hands over to, else the only one there is. */
export function roleOf({ role, dimensions }: Pick<EndingRow, 'role' | 'dimensions'>, config: Config): string | null {
  if (role !== null) return role;
  const workflow = config.workflows[dimensions.workflow ?? ''];
  const stages = Object.values(workflow?.stages ?? {});
  const handed = new Set(stages.flatMap(({ work }) => (work.kind === 'human' ? [work.role] : [])));
  if (handed.size === 1) return [...handed][0] ?? null;
  const known = Object.keys(config.people);
  return known.length === 1 ? (known[0] ?? null) : null;
}
