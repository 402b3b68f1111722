import type { Config } from '../../config/index.ts';
import type { Usd } from '../../money/index.ts';
import { groupBy } from '../sampling/group-by.ts';
import type { Groups } from './groups.ts';
import { dividedUsd, isEstimate, meanUsd, timesUsd } from './mean-usd.ts';
import type { LineContext } from './overhead-lines.ts';
import type { StackLine } from './stack.ts';

const minutesPerHour = 60;
/** Minutes weigh in whole thousandths, so that how they are grouped does not change a share. */
const weightsPerMinute = 1_000;

/** Minutes of people, where they were spent, whatever told of them. */
interface Minutes {
  readonly dimensions: Readonly<Record<string, string | null>>;
  readonly role: string | null;
  readonly minutes: number;
}

/**
 * Minutes people spent on runs (of their outcomes) and on reviews at the rate of their role, where the run is. A role's
 * minutes are priced together and then shared out, so that the total does not depend on what it is split by.
 * @returns minutes for which no rate is known, of those that `counts` holds for
 */
export function addPeopleLines(context: LineContext, counts: (labels: Minutes['dimensions']) => boolean): number {
  const { endings, work } = context.facts;
  const ofRuns = endings.map(({ dimensions, role, humanMinutes }) => ({ dimensions, role, minutes: humanMinutes }));
  const without = [...addMinutes(context, 'outcomes', ofRuns), ...addMinutes(context, 'reviews', work)];
  return sum(without.filter(({ dimensions }) => counts(dimensions)));
}

/** @returns those of roles without a rate */
function addMinutes(context: LineContext, origin: StackLine['origin'], all: readonly Minutes[]): Minutes[] {
  const worked = all.filter(({ minutes }) => minutes > 0);
  const roles = groupBy(worked, (each) => roleOf(each, context.config));
  const withoutRate: Minutes[] = [];
  for (const [role, rows] of roles) {
    const rate = role === null ? null : hourlyRate(context.config, role);
    if (role === null || rate === null) withoutRate.push(...rows);
    else addRole(context, { origin, role, rows, rate });
  }
  return withoutRate;
}

interface RoleMinutes {
  readonly origin: StackLine['origin'];
  readonly role: string;
  readonly rows: readonly Minutes[];
  readonly rate: Usd;
}

function addRole({ builder, groups, config }: LineContext, { origin, role, rows, rate }: RoleMinutes): void {
  const quantity = sum(rows);
  const name = origin === 'reviews' ? `${role}, reviews` : role;
  const line = builder.open({
    ...{ line: 'human', name, origin, rule: 'direct', unit: 'minutes', quantity },
    estimated: isEstimate(config.people[role]?.hourlyUsd),
  });
  builder.shareBy(line, dividedUsd(timesUsd(rate, quantity), minutesPerHour), weightsOf(groups, rows));
}

function weightsOf(groups: Groups, rows: readonly Minutes[]): number[] {
  const places = rows.map(({ dimensions }) => groups.indexOf(dimensions));
  const weights = groups.list.map(() => 0);
  for (const [index, place] of places.entries()) {
    weights[place] = (weights[place] ?? 0) + Math.round((rows[index]?.minutes ?? 0) * weightsPerMinute);
  }
  return weights;
}

const sum = (rows: readonly Minutes[]) => rows.reduce((total, { minutes }) => total + minutes, 0);

function hourlyRate(config: Config, role: string): Usd | null {
  const person = config.people[role];
  return person ? meanUsd(person.hourlyUsd) : null;
}

/** The role that is named; else the only one the workflow hands over to, else the only one there is. */
export function roleOf({ role, dimensions }: Pick<Minutes, 'role' | 'dimensions'>, config: Config): string | null {
  if (role !== null) return role;
  const workflow = config.workflows[dimensions.workflow ?? ''];
  const stages = Object.values(workflow?.stages ?? {});
  const handed = new Set(stages.flatMap(({ work }) => (work.kind === 'human' ? [work.role] : [])));
  if (handed.size === 1) return [...handed][0] ?? null;
  const known = Object.keys(config.people);
  return known.length === 1 ? (known[0] ?? null) : null;
}
