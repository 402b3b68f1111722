import { type Usd, usd } from '../../money/index.ts';
import { type CostNode, type LineTotal, mergeLines, noCounts } from '../../tree/index.ts';
import type { ForecastMonth, ForecastNode, ForecastVersion } from './forecast-version.ts';

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * What a forecast expects of one workflow over a range, as the cost tree the ledger fills with facts, so that
 * `diffTrees` can lay one over the other. A month that the range cuts counts by its share of time. Null when the forecast
 * knows no such workflow, or nothing of the range.
 */
export function forecastTree(version: ForecastVersion, workflow: string, range: Range): CostNode | null {
  const parts = version.months.flatMap((month) => {
    const share = overlap(month, range);
    const nodes = month.nodes.filter((node) => node.workflow === workflow);
    return share > 0 ? nodes.map((node) => ({ node, share })) : [];
  });
  if (parts.length === 0) return null;
  const linesOf = (stage: string | null): LineTotal[] =>
    mergeLines(parts.filter(({ node }) => node.stage === stage).map(({ node, share }) => linesFor(node, share)));
  const stages = [...new Set(parts.flatMap(({ node }) => node.stage ?? []))];
  return {
    kind: 'workflow',
    name: workflow,
    lines: linesOf(null),
    counts: noCounts,
    children: stages.map((name) => ({ kind: 'stage', name, lines: linesOf(name), counts: noCounts, children: [] })),
  };
}

function overlap(month: ForecastMonth, range: Range): number {
  const shared = Math.min(month.toMs, range.toMs) - Math.max(month.fromMs, range.fromMs);
  return Math.max(0, shared) / (month.toMs - month.fromMs);
}

/** A forecast states money by line, not tokens by bucket: every line is one fixed amount. */
function linesFor(node: ForecastNode, share: number): LineTotal[] {
  return node.lines.map(({ line, meanUsd }) => ({
    line,
    bucket: 'fixed',
    unit: 'usd',
    quantity: 0,
    cost: scaled(usd(meanUsd), share),
  }));
}

/** Shares are taken in millionths, rounded half up; a whole month stays exact. */
function scaled({ picos }: Usd, share: number): Usd {
  const millionths = BigInt(Math.round(share * 1e6));
  return { picos: (picos * millionths + 500_000n) / 1_000_000n };
}

/** Facts by line alone, in the shape of a forecast's tree: quantities and buckets of one line become one amount. */
export function byLine(node: CostNode): CostNode {
  const lines = node.lines.map(
    (each): LineTotal => ({ line: each.line, bucket: 'fixed', unit: 'usd', quantity: 0, cost: each.cost }),
  );
  return { ...node, lines: mergeLines([lines]), children: node.children.map(byLine) };
}
