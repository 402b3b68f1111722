import type { z } from '@hono/zod-openapi';
import type { WorkflowFacts } from '../ledger/index.ts';
import { toDecimal, type Usd } from '../money/index.ts';
import { type CostNode, type LineTotal, linesOf, totalOf } from '../tree/index.ts';
import type { lineTotalSchema } from './schemas.ts';
import type { CostNodeJson, figuresSchema } from './schemas-workflows.ts';

type LineTotalJson = z.infer<typeof lineTotalSchema>;
type FiguresJson = z.infer<typeof figuresSchema>;

function lineTotalJson(line: LineTotal): LineTotalJson {
  const { line: kind, bucket, unit, quantity } = line;
  return { line: kind, bucket, unit, quantity, costUsd: toDecimal(line.cost) };
}

export function costNodeJson(node: CostNode): CostNodeJson {
  return {
    kind: node.kind,
    name: node.name,
    totalUsd: toDecimal(totalOf(node)),
    ownLines: node.lines.map(lineTotalJson),
    lines: linesOf(node).map(lineTotalJson),
    counts: { ...node.counts },
    children: node.children.map(costNodeJson),
  };
}

/** What each thing a workflow did cost. All cost of the range is shared by the things counted, failures included. */
export function figuresJson(facts: WorkflowFacts): FiguresJson {
  const cost = totalOf(facts.tree);
  const { runs, interactions, calls, attempts, outcomes, runsOpen, humanMinutes } = facts;
  return {
    costUsd: toDecimal(cost),
    runs,
    interactions,
    calls,
    attempts,
    outcomes: { ...outcomes },
    runsOpen,
    valueUsd: toDecimal(facts.value),
    humanMinutes,
    costPerCallUsd: each(cost, calls),
    costPerInteractionUsd: each(cost, interactions),
    costPerRunUsd: each(cost, runs),
    costPerSuccessUsd: each(cost, outcomes.success),
    callsPerInteraction: ratio(calls, interactions),
    attemptsPerCall: ratio(attempts, calls),
    unknownPriceAttempts: facts.tree.counts.unknownPriceAttempts,
    estimatedAttempts: facts.tree.counts.estimatedAttempts,
  };
}

/** Cost ÷ count, rounded half up to the picodollar; null when there is nothing to divide by. */
function each(cost: Usd, count: number): string | null {
  if (count === 0) return null;
  const divisor = BigInt(count);
  return toDecimal({ picos: (cost.picos * 2n + divisor) / (divisor * 2n) });
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
