import type { Config } from '../../config/index.ts';
import type { TimeRange } from '../../ledger/index.ts';
import { type Usd, zeroUsd } from '../../money/index.ts';
import { type CostNode, type LineKind, type LineTotal, mergeLines, noCounts } from '../../tree/index.ts';
import { readCostStack } from '../stack/cost-stack.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import type { CostStack, StackLine } from '../stack/stack.ts';

/**
 * What a workflow really cost over a range, by stage and line, in the shape a forecast's tree has: calls and services
 * where they were made, people where the file has them work. What a product's workflows share is in neither tree. Null
 * when the ledger knows of no run.
 */
export async function readMeasuredTree(
  ledger: EconomicLedger,
  config: Config,
  workflow: string,
  range: TimeRange,
): Promise<CostNode | null> {
  const timeZone = 'UTC';
  const [whole, staged] = await Promise.all([
    readCostStack(ledger, { range, by: ['workflow'], timeZone }, config),
    readCostStack(ledger, { range, by: ['workflow', 'stage'], timeZone }, config),
  ]);
  const stages = new Map<string | null, LineTotal[]>();
  const put = (stage: string | null, { line, cost }: Placed) =>
    stages.set(stage, [...(stages.get(stage) ?? []), { line, bucket: 'fixed', unit: 'usd', quantity: 0, cost }]);
  for (const placed of ownParts(staged, workflow, 'calls')) put(placed.stage, placed);
  // A run is counted in every stage it passes, so what follows from runs is read for the workflow as a whole.
  for (const placed of ownParts(whole, workflow, 'outcomes')) put(workplaceOf(config, workflow, placed), placed);
  for (const placed of ownParts(whole, workflow, 'configuration')) put(workplaceOf(config, workflow, placed), placed);
  return stages.size > 0 ? treeOf(workflow, stages) : null;
}

interface Placed {
  readonly stage: string | null;
  readonly line: LineKind;
  /** Role, service or line. */
  readonly name: string;
  readonly cost: Usd;
}

/** What belongs to one workflow itself: shares of what all workflows cost together are not its own. */
function ownParts({ lines, groups }: CostStack, workflow: string, origin: StackLine['origin']): Placed[] {
  const own = lines.filter((line) => line.rule === 'direct' && line.origin === origin);
  return own.flatMap(({ line, name, parts }) =>
    groups.flatMap(({ dimensions }, index) => {
      const cost = parts[index] ?? zeroUsd;
      const counts = dimensions.workflow === workflow && cost.picos !== 0n;
      return counts ? [{ stage: dimensions.stage ?? null, line, name, cost }] : [];
    }),
  );
}

function treeOf(workflow: string, stages: ReadonlyMap<string | null, LineTotal[]>): CostNode {
  const leaf = { counts: noCounts, children: [] };
  const names = [...stages.keys()].filter((stage) => stage !== null);
  return {
    kind: 'workflow',
    name: workflow,
    lines: mergeLines([stages.get(null) ?? []]),
    counts: noCounts,
    children: names.map((name) => ({ kind: 'stage', name, lines: mergeLines([stages.get(name) ?? []]), ...leaf })),
  };
}

/** The one stage where this role works or this service is asked; the workflow as a whole when there is none, or several. */
function workplaceOf(config: Config, workflow: string, { name }: Placed): string | null {
  const stages = Object.entries(config.workflows[workflow]?.stages ?? {});
  const places = stages.filter(
    ([, { work }]) =>
      (work.kind === 'human' && work.role === name) || (work.kind === 'service' && work.service === name),
  );
  return places.length === 1 ? (places[0]?.[0] ?? null) : null;
}
