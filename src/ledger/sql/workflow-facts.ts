import { fromPicos, type Usd, zeroUsd } from '../../money/index.ts';
import {
  type Attempt,
  type CostNode,
  type LineTotal,
  mergeLines,
  type NodeCounts,
  type OutcomeKind,
  outcomeKinds,
} from '../../tree/index.ts';
import type { WorkflowFacts } from '../ledger.ts';
import { type SqlRow, toBigInt, toNumber, toText } from './sql-text.ts';

export interface WorkflowRows {
  readonly counts: readonly SqlRow[];
  readonly lines: readonly SqlRow[];
  readonly outcomes: readonly SqlRow[];
}

/** One workflow's facts for each name found, in the order of the names. */
export function readWorkflows(rows: WorkflowRows): WorkflowFacts[] {
  const tops = rows.counts.filter((row) => toNumber(row.stage_level) === 1);
  return tops.map((top) => {
    const name = toText(top.workflow);
    const mine = (row: SqlRow) => toText(row.workflow) === name;
    return readWorkflow(top, {
      counts: rows.counts.filter((row) => mine(row) && toNumber(row.stage_level) === 0),
      lines: rows.lines.filter(mine),
      outcomes: rows.outcomes.filter(mine),
    });
  });
}

function readWorkflow(top: SqlRow, rows: WorkflowRows): WorkflowFacts {
  const counts = readCounts(top);
  const children = rows.counts.map((row) => stageNode(row, rows.lines));
  return {
    tree: { kind: 'workflow', name: toText(top.workflow), lines: [], counts, children },
    interactions: counts.interactions,
    calls: counts.calls,
    attempts: counts.attempts,
    ...readOutcomes(counts.runs, rows.outcomes),
  };
}

function readOutcomes(
  runs: number,
  rows: readonly SqlRow[],
): Pick<WorkflowFacts, 'runs' | 'runsOpen' | 'outcomes' | 'value' | 'humanMinutes'> {
  const outcomes: Record<OutcomeKind, number> = { success: 0, escalated: 0, abandoned: 0, failed: 0 };
  for (const kind of outcomeKinds) {
    for (const row of rows) if (toText(row.outcome) === kind) outcomes[kind] += toNumber(row.runs);
  }
  const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return {
    runs,
    runsOpen: Math.max(0, runs - ended),
    outcomes,
    value: fromPicos(rows.reduce((sum, row) => sum + toBigInt(row.value), 0n)),
    humanMinutes: rows.reduce((sum, row) => sum + toNumber(row.human_minutes), 0),
  };
}

function stageNode(row: SqlRow, lines: readonly SqlRow[]): CostNode {
  const name = toText(row.stage);
  const own = lines.filter((line) => toText(line.stage) === name).map(readLine);
  return { kind: 'stage', name, lines: own, counts: readCounts(row), children: [] };
}

function readLine(row: SqlRow): LineTotal {
  return {
    line: toText(row.kind) as LineTotal['line'],
    bucket: toText(row.bucket) as LineTotal['bucket'],
    unit: toText(row.unit) as LineTotal['unit'],
    quantity: toNumber(row.quantity),
    cost: fromPicos(toBigInt(row.cost)),
  };
}

function readCounts(row: SqlRow): NodeCounts {
  return {
    runs: toNumber(row.runs),
    interactions: toNumber(row.interactions),
    calls: toNumber(row.calls),
    attempts: toNumber(row.attempts),
    unknownPriceAttempts: toNumber(row.unknown_price_attempts),
    estimatedAttempts: toNumber(row.estimated_attempts),
  };
}

/**
 * Hangs calls below their stage. What they cost is taken out of the stage's own lines, which then hold the calls that
 * are not shown, so that the stage costs the same with and without them.
 */
export function withCalls(facts: WorkflowFacts, stage: string, calls: readonly CostNode[]): WorkflowFacts {
  const children = facts.tree.children.map((node) =>
    node.name === stage ? { ...node, lines: withoutChildren(node.lines, calls), children: calls } : node,
  );
  return { ...facts, tree: { ...facts.tree, children } };
}

function withoutChildren(lines: readonly LineTotal[], calls: readonly CostNode[]): LineTotal[] {
  const shown = calls.flatMap((call) => call.children.flatMap((attempt) => attempt.lines));
  const negated = shown.map((line) => ({ ...line, quantity: -line.quantity, cost: fromPicos(-line.cost.picos) }));
  return mergeLines([lines, negated]).filter((line) => line.quantity !== 0 || line.cost.picos !== 0n);
}

/** Call nodes in the order of `callIds`, their attempts below them. */
export function callNodes(callIds: readonly string[], attempts: readonly Attempt[]): CostNode[] {
  return callIds.map((name) => {
    const children = attempts.filter((attempt) => attempt.callId === name).map(attemptNode);
    const sum = (key: keyof NodeCounts) => children.reduce((total, child) => total + child.counts[key], 0);
    const interactions = Math.max(0, ...children.map((child) => child.counts.interactions));
    const counts = {
      runs: 1,
      interactions,
      calls: 1,
      attempts: sum('attempts'),
      unknownPriceAttempts: sum('unknownPriceAttempts'),
      estimatedAttempts: sum('estimatedAttempts'),
    };
    return { kind: 'call', name, lines: [], counts, children };
  });
}

function attemptNode(attempt: Attempt): CostNode {
  const totals = attempt.lines.map(
    ({ line, bucket, unit, quantity, cost }): LineTotal => ({ line, bucket, unit, quantity, cost }),
  );
  return {
    kind: 'attempt',
    name: attempt.attemptId,
    lines: mergeLines([totals]),
    counts: {
      runs: 1,
      interactions: attempt.interaction ? 1 : 0,
      calls: 1,
      attempts: 1,
      unknownPriceAttempts: attempt.priceState === 'unknown' ? 1 : 0,
      estimatedAttempts: attempt.usageSource === 'estimated' ? 1 : 0,
    },
    children: [],
  };
}

/** What all attempts cost together; those with an unknown price add nothing. */
export function costOfAttempts(attempts: readonly Attempt[]): Usd {
  return fromPicos(attempts.reduce((sum, attempt) => sum + (attempt.cost ?? zeroUsd).picos, 0n));
}
