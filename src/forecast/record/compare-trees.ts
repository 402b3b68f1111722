import { addUsd, subtractUsd, toDecimal, type Usd, usd, zeroUsd } from '../../money/index.ts';
import {
  type CostNode,
  type DiffNode,
  diffTrees,
  type LineKind,
  type LineTotal,
  linesOf,
  type NodeKind,
} from '../../tree/index.ts';
import { byLine, type ForecastRange, forecastIntervals, forecastTree } from './forecast-tree.ts';
import type { ForecastVersion, UsdInterval } from './forecast-version.ts';
import { unmeasuredLines } from './unmeasured.ts';

/** What was predicted for a node of the cost tree beside what was measured there, everything below it included. */
export interface NodeComparison {
  readonly kind: NodeKind;
  readonly name: string;
  /** Null: the forecast knows no such node. */
  readonly predictedUsd: UsdInterval | null;
  /** Zero where the forecast expected a cost and none came. */
  readonly measuredUsd: string;
  /** Measured − predicted mean. */
  readonly differenceUsd: string;
  /** Whether what was measured lies between p10 and p90; null where nothing was predicted. */
  readonly inside: boolean | null;
  readonly lines: readonly LineComparison[];
  readonly children: readonly NodeComparison[];
}

export interface LineComparison {
  readonly line: LineKind;
  readonly predictedUsd: string;
  readonly measuredUsd: string;
  readonly differenceUsd: string;
}

export interface TreeComparison {
  readonly tree: NodeComparison;
  /** Lines that were forecast and that no ledger can know; they are in no figure of the tree. */
  readonly notMeasured: readonly { readonly line: LineKind; readonly predictedUsd: string }[];
}

/**
 * Predicted and measured on one tree of a workflow. `measured` holds the facts of `range`, which lies within what the
 * forecast covers. Null when the forecast knows no such workflow there.
 */
export function compareTrees(
  version: ForecastVersion,
  workflow: string,
  range: ForecastRange,
  measured: CostNode | null,
): TreeComparison | null {
  const predicted = forecastTree(version, workflow, range);
  if (!predicted) return null;
  const diff = diffTrees(measurable(predicted), measured === null ? null : measurable(byLine(measured)));
  const intervals = forecastIntervals(version, workflow, range);
  const off = new Map([
    [null, unmeasuredOf(linesOf(predicted))] as const,
    ...predicted.children.map((child) => [child.name, unmeasuredOf(linesOf(child))] as const),
  ]);
  return {
    tree: nodeComparison(diff, (stage) => lessened(intervals.get(stage), off.get(stage) ?? zeroUsd)),
    notMeasured: linesOf(predicted)
      .filter(({ line }) => unmeasuredLines.has(line))
      .map(({ line, cost }) => ({ line, predictedUsd: toDecimal(cost) })),
  };
}

const measurable = (node: CostNode): CostNode => ({
  ...node,
  lines: node.lines.filter(({ line }) => !unmeasuredLines.has(line)),
  children: node.children.map(measurable),
});

const unmeasuredOf = (lines: readonly LineTotal[]): Usd =>
  lines.reduce((sum, { line, cost }) => (unmeasuredLines.has(line) ? addUsd(sum, cost) : sum), zeroUsd);

/** An interval without an amount that is not its subject; nothing of it falls below zero. */
function lessened(interval: UsdInterval | undefined, off: Usd): UsdInterval | null {
  if (!interval) return null;
  const less = (amount: string): string => {
    const left = subtractUsd(usd(amount), off);
    return toDecimal(left.picos < 0n ? zeroUsd : left);
  };
  return { mean: less(interval.mean), p10: less(interval.p10), p50: less(interval.p50), p90: less(interval.p90) };
}

function nodeComparison(node: DiffNode, intervalOf: (stage: string | null) => UsdInterval | null): NodeComparison {
  const interval = node.presence === 'other' ? null : intervalOf(node.kind === 'workflow' ? null : node.name);
  // The mean is the tree's own, so that predicted + difference = measured holds to the picodollar.
  const predicted = interval && { ...interval, mean: toDecimal(node.base) };
  const { picos } = node.other;
  return {
    kind: node.kind,
    name: node.name,
    predictedUsd: predicted,
    measuredUsd: toDecimal(node.other),
    differenceUsd: toDecimal(node.difference),
    inside: predicted && picos >= usd(predicted.p10).picos && picos <= usd(predicted.p90).picos,
    lines: node.lines.flatMap(lineComparison),
    children: node.children.map((child) => nodeComparison(child, intervalOf)),
  };
}

function lineComparison({ base, other, difference }: DiffNode['lines'][number]): LineComparison[] {
  const line = (base ?? other)?.line;
  if (line === undefined) return [];
  return [
    {
      line,
      predictedUsd: toDecimal(base?.cost ?? zeroUsd),
      measuredUsd: toDecimal(other?.cost ?? zeroUsd),
      differenceUsd: toDecimal(difference),
    },
  ];
}
