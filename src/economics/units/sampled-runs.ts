import type { Config } from '../../config/index.ts';
import type { EconomicQuery, RunSample } from '../../ledger/index.ts';
import { groupBy } from '../sampling/group-by.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import type { UnitFacts } from './unit-facts.ts';

/** Runs whose duration is looked at, of all workflows together. */
const sampleMax = 10_000;
/** A workflow with fewer of its runs among these is looked at by itself. */
const sampleMin = 200;

/** Runs of each workflow whose users are impatient, by its name; one question for all but the rare ones. */
export async function sampledRuns(
  ledger: Pick<EconomicLedger, 'runs'>,
  query: EconomicQuery,
  { workflows, config }: { readonly workflows: readonly UnitFacts[]; readonly config: Config },
): Promise<ReadonlyMap<string, RunSample>> {
  const impatient = workflows.filter(({ workflow }) => config.workflows[workflow ?? '']?.impatience !== undefined);
  if (impatient.length === 0) return new Map();
  const of = (names: readonly string[]) =>
    ledger.runs({ ...query, where: { ...query.where, workflow: names } }, sampleMax);
  const together = await of(impatient.map(({ workflow }) => workflow ?? ''));
  const byWorkflow = groupBy(together.rows, (row) => row.workflow ?? '');
  const each = impatient.map(async ({ workflow, runs }): Promise<[string, RunSample]> => {
    const name = workflow ?? '';
    const rows = byWorkflow.get(name) ?? [];
    return [name, rows.length < Math.min(sampleMin, runs) ? await of([name]) : { rows, runs }];
  });
  return new Map(await Promise.all(each));
}
