import {
  type CostQuery,
  type CostRow,
  callNodes,
  type EconomicQuery,
  type EndingRow,
  type LineRow,
  type StageDetail,
  type WorkflowFacts,
  withCalls,
} from '../ledger/index.ts';
import { addUsd, zeroUsd } from '../money/index.ts';
import type { CostNode, LineTotal, NodeCounts, OutcomeKind } from '../tree/index.ts';
import { type ApiPorts, apiLimits } from './ports.ts';

const ofLines: ReadonlySet<string> = new Set(['line', 'bucket']);

/** Endings are of runs, which no line tells apart. */
function withoutLines(where: CostQuery['where']): CostQuery['where'] {
  return Object.fromEntries(Object.entries(where).filter(([name]) => !ofLines.has(name)));
}

/** Every workflow as it looks through filters, dearest first; the same figures as without them, of what matches alone. */
export async function filteredWorkflows(
  ledger: ApiPorts['ledger'],
  query: EconomicQuery,
): Promise<readonly WorkflowFacts[]> {
  const limit = apiLimits.rowsMax;
  const [workflows, stages, lines, [endings = []]] = await Promise.all([
    ledger.costs({ ...query, by: ['workflow'], limit }),
    ledger.costs({ ...query, by: ['workflow', 'stage'], limit }),
    ledger.lines({ ...query, by: ['workflow', 'stage'] }),
    ledger.endings({ ...query, where: withoutLines(query.where) }, [['workflow']]),
  ]);
  return workflows.rows.map((row) => {
    const name = row.dimensions.workflow ?? null;
    const mine = (each: CostRow | LineRow | EndingRow) => (each.dimensions.workflow ?? null) === name;
    return factsOf(row, stages.rows.filter(mine), lines.filter(mine), endings.filter(mine));
  });
}

function factsOf(
  row: CostRow,
  stages: readonly CostRow[],
  lines: readonly LineRow[],
  endings: readonly EndingRow[],
): WorkflowFacts {
  const children = stages.map((stage) => stageNode(stage, lines));
  const runsEnded = (kind: OutcomeKind | null) =>
    endings.filter(({ outcome }) => outcome === kind).reduce((sum, { runs }) => sum + runs, 0);
  return {
    tree: { kind: 'workflow', name: row.dimensions.workflow ?? '', lines: [], counts: countsOf(row), children },
    runs: row.runs,
    interactions: row.interactions,
    calls: row.calls,
    attempts: row.attempts,
    outcomes: {
      success: runsEnded('success'),
      escalated: runsEnded('escalated'),
      abandoned: runsEnded('abandoned'),
      failed: runsEnded('failed'),
    },
    runsOpen: runsEnded(null),
    value: endings.reduce((sum, { value }) => addUsd(sum, value), zeroUsd),
    humanMinutes: endings.reduce((sum, { humanMinutes }) => sum + humanMinutes, 0),
  };
}

function stageNode(row: CostRow, lines: readonly LineRow[]): CostNode {
  const name = row.dimensions.stage ?? null;
  const own = lines.filter(({ dimensions }) => (dimensions.stage ?? null) === name).map(lineTotal);
  return { kind: 'stage', name: name ?? '', lines: own, counts: countsOf(row), children: [] };
}

function lineTotal({ line, bucket, unit, quantity, cost }: LineRow): LineTotal {
  return { line, bucket, unit, quantity, cost };
}

function countsOf(row: CostRow): NodeCounts {
  const { runs, interactions, calls, attempts, unknownPriceAttempts, estimatedAttempts } = row;
  return { runs, interactions, calls, attempts, unknownPriceAttempts, estimatedAttempts };
}

/** One workflow through filters, with the newest calls of a stage below it when that is asked for. */
export async function filteredWorkflow(
  ledger: ApiPorts['ledger'],
  name: string,
  query: EconomicQuery,
  detail?: StageDetail,
): Promise<WorkflowFacts | null> {
  const where = { ...query.where, workflow: [name] };
  const [facts] = await filteredWorkflows(ledger, { ...query, where });
  if (facts === undefined || detail === undefined) return facts ?? null;
  const calls = await ledger.newestCalls(
    { ...query, where: { ...where, stage: [detail.stage] } },
    { limit: detail.limit, ...(await cursorOf(ledger, detail.beforeCallId)) },
  );
  const nodes = callNodes(
    calls.map(({ callId }) => callId),
    calls.flatMap(({ attempts }) => attempts),
  );
  return withCalls(facts, detail.stage, nodes);
}

async function cursorOf(ledger: ApiPorts['ledger'], callId: string | undefined) {
  if (callId === undefined) return {};
  const attempts = await ledger.call(callId);
  const atMs = Math.max(0, ...attempts.map((attempt) => attempt.startedAtMs));
  return { before: { atMs, id: callId } };
}
