import type { Config } from '../../config/index.ts';
import type { EconomicQuery } from '../../ledger/index.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import type { UnitFacts } from './unit-facts.ts';

/** Runs whose duration is looked at, of all workflows together. */
const sampleMax = 10_000;
/** A workflow with fewer of its runs among these is looked at by itself. */
const sampleMin = 200;

/**
 * How long runs of each workflow whose users are impatient took, in ms, by its name; one question for all but the rare
 * ones, asked while `counted` is still being read.
 */
export async function sampledDurations(
  ledger: Pick<EconomicLedger, 'durations'>,
  query: EconomicQuery,
  { counted, config }: { readonly counted: Promise<Counted>; readonly config: Config },
): Promise<ReadonlyMap<string, readonly number[]>> {
  const impatient = impatientOf(config, query.where.workflow);
  if (impatient.length === 0) return new Map();
  const of = async (names: readonly string[]) => {
    const found = await ledger.durations({ ...query, where: { ...query.where, workflow: names } }, sampleMax);
    return new Map(found.map(({ workflow, durationsMs }) => [workflow ?? '', durationsMs]));
  };
  const [together, { workflows }] = await Promise.all([of(impatient), counted]);
  const there = workflows.filter(({ workflow }) => impatient.includes(workflow ?? ''));
  const each = there.map(async ({ workflow, runs }): Promise<[string, readonly number[]]> => {
    const name = workflow ?? '';
    const took = together.get(name) ?? [];
    return [name, took.length < Math.min(sampleMin, runs) ? ((await of([name])).get(name) ?? []) : took];
  });
  return new Map(await Promise.all(each));
}

/** How many runs there were of which workflow. */
interface Counted {
  readonly workflows: readonly Pick<UnitFacts, 'workflow' | 'runs'>[];
}

/** Names of the workflows that say how impatient their users are, of those that are asked about. */
function impatientOf({ workflows }: Config, among: readonly string[] | undefined): string[] {
  const names = Object.keys(workflows).filter((name) => workflows[name]?.impatience !== undefined);
  return among === undefined ? names : names.filter((name) => among.includes(name));
}
