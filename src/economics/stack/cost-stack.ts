import type { Config } from '../../config/index.ts';
import { addUsd, fromPicos, sumUsd, type Usd, zeroUsd } from '../../money/index.ts';
import { billedLines } from '../../tree/index.ts';
import { addCallLines } from './call-lines.ts';
import { addCapacityLines } from './capacity-lines.ts';
import { type FineGroup, Groups } from './groups.ts';
import { addObservabilityLines, bytesPerCall } from './observability-lines.ts';
import { addOverheadLines } from './overhead-lines.ts';
import { addPeopleLines } from './people-lines.ts';
import {
  type EconomicLedger,
  matches,
  readStackFacts,
  type StackFacts,
  type StackQuestion,
} from './read-stack-facts.ts';
import { addServiceLines } from './service-lines.ts';
import type { CostStack, StackGroup, StackLine } from './stack.ts';
import { StackBuilder } from './stack-builder.ts';

/** The full cost of a range, shared out to the groups asked for. */
export async function readCostStack(
  ledger: EconomicLedger,
  question: StackQuestion,
  config: Config,
): Promise<CostStack> {
  return buildCostStack(await readStackFacts(ledger, question, config), question, config);
}

/** Puts the stack together from what the ledger knows and burnrate.yaml states. */
export function buildCostStack(facts: StackFacts, question: StackQuestion, config: Config): CostStack {
  const groups = new Groups(facts, bytesPerCall(config, facts.traffic));
  const builder = new StackBuilder(groups);
  const context = { builder, groups, facts, config, range: question.range };
  addCallLines(builder, groups, facts, config);
  addServiceLines(context);
  const minutesWithoutRate = addPeopleLines(context, (labels) => matches(labels, question.where));
  addOverheadLines(context);
  addCapacityLines(context);
  const bytesStoredPerCall = addObservabilityLines(context);
  return {
    range: question.range,
    by: question.by,
    ...folded(groups.list, builder.lines(), question),
    retries: facts.retries,
    minutesWithoutRate,
    unknownPriceAttempts: unknownPrices(facts, question),
    bytesStoredPerCall,
  };
}

function unknownPrices({ groups }: StackFacts, { where }: StackQuestion): number {
  return groups.reduce((sum, row) => sum + (matches(row.dimensions, where) ? row.unknownPriceAttempts : 0), 0);
}

type Folded = Pick<CostStack, 'groups' | 'lines' | 'total' | 'tokenCost'>;

/** From the grain costs were allocated at to the dimensions asked for, of what the filters let through. */
function folded(fine: readonly FineGroup[], allLines: readonly StackLine[], { by, where }: StackQuestion): Folded {
  const lines = allLines.filter(({ line }) => where?.line?.includes(line) ?? true);
  const places = new Map<string, number[]>();
  for (const [index, group] of fine.entries()) {
    if (!matches(group.dimensions, where)) continue;
    const key = JSON.stringify(by.map((name) => group.dimensions[name] ?? null));
    places.set(key, [...(places.get(key) ?? []), index]);
  }
  const members = [...places.values()];
  const parts = (line: StackLine) =>
    members.map((indexes) => sumUsd(indexes.map((index) => line.parts[index] ?? zeroUsd)));
  const coarse = lines.map((line) => partly(line, parts(line))).filter(({ cost }) => cost.picos !== 0n);
  const groups = members.map((indexes, place) => foldGroup(indexes, place, { fine, lines: coarse, by }));
  const order = groups.map((_, index) => index).sort((a, b) => compare(groups[b], groups[a]));
  return {
    groups: order.flatMap((index) => groups[index] ?? []),
    lines: coarse.map((line) => ({ ...line, parts: order.map((index) => line.parts[index] ?? zeroUsd) })),
    total: sumUsd(coarse.map((line) => line.cost)),
    tokenCost: sumUsd(coarse.filter((line) => billedLines.has(line.line)).map((line) => line.cost)),
  };
}

/** A line of which only some parts are looked at; its quantity is told in proportion to its cost. */
function partly(line: StackLine, parts: readonly Usd[]): StackLine {
  const cost = sumUsd(parts);
  const share = cost.picos === line.cost.picos ? 1 : Number(cost.picos) / Number(line.cost.picos);
  return { ...line, parts, cost, quantity: line.quantity * share };
}

const compare = (a: StackGroup | undefined, b: StackGroup | undefined) => {
  const difference = (a?.total.picos ?? 0n) - (b?.total.picos ?? 0n);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

interface Grain {
  readonly fine: readonly FineGroup[];
  readonly lines: readonly StackLine[];
  readonly by: readonly string[];
}

function foldGroup(indexes: readonly number[], place: number, { fine, lines, by }: Grain): StackGroup {
  const sum = (key: 'runs' | 'calls' | 'tokens') => indexes.reduce((all, index) => all + (fine[index]?.[key] ?? 0), 0);
  const cost = (wanted: (line: StackLine) => boolean): Usd =>
    lines.filter(wanted).reduce((all, line) => addUsd(all, line.parts[place] ?? zeroUsd), fromPicos(0n));
  const first = fine[indexes[0] ?? 0];
  return {
    dimensions: Object.fromEntries(by.map((name) => [name, first?.dimensions[name] ?? null])),
    runs: sum('runs'),
    calls: sum('calls'),
    tokens: sum('tokens'),
    total: cost(() => true),
    tokenCost: cost(({ line }) => billedLines.has(line)),
  };
}
