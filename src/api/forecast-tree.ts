import type { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import { readMeasuredTree } from '../economics/index.ts';
import {
  compareTrees,
  coveredRange,
  type ForecastVersion,
  forecastIntervals,
  forecastTree,
  type UsdInterval,
  versionOf,
} from '../forecast/index.ts';
import type { TimeRange } from '../ledger/index.ts';
import { toDecimal } from '../money/index.ts';
import { type CostNode, linesOf } from '../tree/index.ts';
import { holdsSimulated } from './costs-endpoints.ts';
import type { ApiPorts } from './ports.ts';
import { rangeJson, timeJson } from './range.ts';
import type { comparedTreeSchema, predictedTreeSchema } from './schemas-forecasts.ts';

interface TreeQuestion {
  readonly name: string;
  readonly range: TimeRange;
  /** A version by id; the one in force when absent. */
  readonly forecast: string | undefined;
  readonly scenario: string | undefined;
}

/** What the forecast expects of a workflow over a range. @throws BurnrateError forecast_missing */
export async function predictedTree(
  ports: ApiPorts,
  question: TreeQuestion,
): Promise<z.infer<typeof predictedTreeSchema>> {
  const { version, range } = await versionFor(ports, question, question.range);
  const tree = forecastTree(version, question.name, range);
  if (!tree) throw unknownWorkflow(question.name, version);
  const intervals = forecastIntervals(version, question.name, range);
  return {
    ...head(question.name, version, range),
    view: 'forecast',
    tree: {
      ...nodeJson(tree, intervals.get(null)),
      children: tree.children.map((child) => nodeJson(child, intervals.get(child.name))),
    },
  };
}

const nothing: UsdInterval = { mean: '0', p10: '0', p50: '0', p90: '0' };

function nodeJson(node: CostNode, predictedUsd: UsdInterval = nothing) {
  const lines = linesOf(node).map(({ line, cost }) => ({ line, predictedUsd: toDecimal(cost) }));
  return { kind: node.kind, name: node.name, predictedUsd, lines };
}

/** Predicted, measured and their difference on one tree. @throws BurnrateError forecast_missing */
export async function comparedTree(
  ports: ApiPorts,
  question: TreeQuestion,
): Promise<z.infer<typeof comparedTreeSchema>> {
  const { ledger, config, clock } = ports;
  const until = Math.min(question.range.toMs, clock.nowMs() + 1);
  const { version, range } = await versionFor(ports, question, { ...question.range, toMs: until });
  const [measured, simulated] = await Promise.all([
    readMeasuredTree(ledger, config, question.name, range),
    holdsSimulated(ledger, { range, where: { workflow: [question.name] } }),
  ]);
  const compared = compareTrees(version, question.name, range, measured);
  if (!compared) throw unknownWorkflow(question.name, version);
  const { tree, notMeasured } = structuredClone(compared) as Pick<
    z.infer<typeof comparedTreeSchema>,
    'tree' | 'notMeasured'
  >;
  return { ...head(question.name, version, range), view: 'diff', simulated, tree, notMeasured };
}

function head(name: string, version: ForecastVersion, range: TimeRange) {
  const { id, madeAtMs, scenario } = version;
  return { name, range: rangeJson(range), forecast: { id, madeAt: timeJson(madeAtMs), scenario } };
}

async function versionFor(ports: ApiPorts, { name, forecast, scenario }: TreeQuestion, asked: TimeRange) {
  const { archive } = ports.forecasts;
  const kept = forecast === undefined ? await archive.latest() : await archive.get(forecast);
  if (!kept && forecast !== undefined) {
    throw new BurnrateError('not_found', { message: `There is no forecast "${forecast}".` });
  }
  const version = kept && versionOf(kept, scenario);
  if (!version) throw missing(name, kept ? `it has no scenario "${scenario}"` : 'none was made yet');
  const range = coveredRange(version, asked);
  if (!range) {
    const months = version.months.map(({ month }) => month);
    throw missing(name, `it speaks of ${months[0]} to ${months.at(-1)}, which the range does not meet`);
  }
  return { version, range };
}

function missing(name: string, why: string): BurnrateError {
  return new BurnrateError('forecast_missing', { message: `No forecast of "${name}" for this range: ${why}.` });
}

function unknownWorkflow(name: string, { id }: ForecastVersion): BurnrateError {
  return missing(name, `forecast ${id} knows no such workflow`);
}
