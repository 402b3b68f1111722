import { addUsd, toDecimal, type Usd, usd, zeroUsd } from '../../money/index.ts';
import { type CostNode, type LineTotal, mergeLines, noCounts } from '../../tree/index.ts';
import type { ForecastMonth, ForecastNode, ForecastVersion, UsdInterval } from './forecast-version.ts';

/** Half-open, ms since the Unix epoch. */
export interface ForecastRange {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Part {
  readonly node: ForecastNode;
  /** How much of the node's month lies in the range. */
  readonly share: number;
}

/** What of a range a forecast speaks of; null when nothing. */
export function coveredRange({ months }: ForecastVersion, range: ForecastRange): ForecastRange | null {
  const fromMs = Math.max(range.fromMs, months[0]?.fromMs ?? Number.POSITIVE_INFINITY);
  const toMs = Math.min(range.toMs, months.at(-1)?.toMs ?? Number.NEGATIVE_INFINITY);
  return fromMs < toMs ? { fromMs, toMs } : null;
}

function partsOf(version: ForecastVersion, workflow: string, range: ForecastRange): Part[] {
  return version.months.flatMap((month) => {
    const share = overlap(month, range);
    const nodes = month.nodes.filter((node) => node.workflow === workflow);
    return share > 0 ? nodes.map((node) => ({ node, share })) : [];
  });
}

function overlap(month: ForecastMonth, range: ForecastRange): number {
  const shared = Math.min(month.toMs, range.toMs) - Math.max(month.fromMs, range.fromMs);
  return Math.max(0, shared) / (month.toMs - month.fromMs);
}

/**
 * What a forecast expects of one workflow over a range, as the cost tree the ledger fills with facts, so that
 * `diffTrees` can lay one over the other. A month that the range cuts counts by its share of time. Null when the forecast
 * knows no such workflow, or nothing of the range.
 */
export function forecastTree(version: ForecastVersion, workflow: string, range: ForecastRange): CostNode | null {
  const parts = partsOf(version, workflow, range);
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

/**
 * The intervals of a forecast tree's nodes over a range: of the workflow under `null`, of each stage under its name. What
 * is unknown holds for every month and stage alike, so percentiles are added up like means, which is wide rather than narrow.
 */
export function forecastIntervals(
  version: ForecastVersion,
  workflow: string,
  range: ForecastRange,
): ReadonlyMap<string | null, UsdInterval> {
  const parts = partsOf(version, workflow, range);
  const stages = [...new Set(parts.flatMap(({ node }) => node.stage ?? []))];
  const sum = (of: readonly Part[]): UsdInterval => {
    const amount = (key: keyof UsdInterval): string =>
      toDecimal(of.reduce((all, { node, share }) => addUsd(all, scaled(usd(node.totalUsd[key]), share)), zeroUsd));
    return { mean: amount('mean'), p10: amount('p10'), p50: amount('p50'), p90: amount('p90') };
  };
  return new Map([
    [null, sum(parts)] as const,
    ...stages.map((stage) => [stage, sum(parts.filter(({ node }) => node.stage === stage))] as const),
  ]);
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
