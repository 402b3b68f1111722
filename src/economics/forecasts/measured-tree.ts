import type { Config } from '../../config/index.ts';
import type { TimeRange } from '../../ledger/index.ts';
import { zeroUsd } from '../../money/index.ts';
import { type CostNode, type LineTotal, mergeLines, noCounts } from '../../tree/index.ts';
import { readCostStack } from '../stack/cost-stack.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import type { CostStack } from '../stack/stack.ts';
import { beyondCalls, type CallLine, readCallLines } from './fact-lines.ts';

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
  const [stack, calls] = await Promise.all([
    readCostStack(ledger, { range, by: ['workflow'], timeZone: 'UTC' }, config),
    readCallLines(ledger, range, { workflow: [workflow] }),
  ]);
  const stages = new Map<string | null, LineTotal[]>();
  const put = ({ stage, line, cost }: CallLine) =>
    stages.set(stage, [...(stages.get(stage) ?? []), { line, bucket: 'fixed', unit: 'usd', quantity: 0, cost }]);
  for (const each of [...calls, ...placedLines(stack, config, workflow)]) put(each);
  return stages.size > 0 ? treeOf(workflow, stages) : null;
}

/** What belongs to one workflow itself beside its calls: shares of what all workflows cost together are not its own. */
function placedLines(stack: CostStack, config: Config, workflow: string): CallLine[] {
  const own = beyondCalls(stack).filter(({ rule }) => rule === 'direct');
  return own.flatMap(({ line, name, parts }) =>
    stack.groups.flatMap(({ dimensions }, index) => {
      const cost = parts[index] ?? zeroUsd;
      const counts = dimensions.workflow === workflow && cost.picos !== 0n;
      return counts ? [{ stage: workplaceOf(config, workflow, name), line, cost }] : [];
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
function workplaceOf(config: Config, workflow: string, name: string): string | null {
  const stages = Object.entries(config.workflows[workflow]?.stages ?? {});
  const places = stages.filter(
    ([, { work }]) =>
      (work.kind === 'human' && work.role === name) || (work.kind === 'service' && work.service === name),
  );
  return places.length === 1 ? (places[0]?.[0] ?? null) : null;
}
