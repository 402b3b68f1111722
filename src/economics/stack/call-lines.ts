import type { Config } from '../../config/index.ts';
import type { CostRow } from '../../ledger/index.ts';
import { subtractUsd, sumUsd } from '../../money/index.ts';
import type { LineKind } from '../../tree/index.ts';
import type { Groups } from './groups.ts';
import type { StackFacts } from './read-stack-facts.ts';
import type { StackBuilder } from './stack-builder.ts';

/** What calls themselves cost, each where its call is. The rows of `lines` and the rest sum to the ledger's own total. */
export function addCallLines(builder: StackBuilder, groups: Groups, facts: StackFacts, config: Config): void {
  const guards = guardStages(config);
  const sumOf = (kind: LineKind, read: (row: CostRow) => number) =>
    facts.lines.reduce((sum, row) => (kindOf(row, guards) === kind ? sum + read(row) : sum), 0);
  const open = new Map<LineKind, ReturnType<StackBuilder['open']>>();
  const line = (kind: LineKind) => {
    const known = open.get(kind);
    if (known) return known;
    const made = builder.open({
      ...{ line: kind, name: kind, origin: 'calls', rule: 'direct' },
      ...{ unit: 'calls', quantity: sumOf(kind, (row) => row.attempts) },
      estimated: sumOf(kind, (row) => row.estimatedAttempts) > 0,
      behind: behind(kind, facts.lines, guards),
    });
    open.set(kind, made);
    return made;
  };
  for (const row of facts.lines) {
    if (row.cost.picos !== 0n) builder.put(line(kindOf(row, guards)), groups.indexOf(row.dimensions), row.cost);
  }
  const rest = subtractUsd(facts.linesTotal, sumUsd(facts.lines.map((row) => row.cost)));
  if (rest.picos !== 0n) builder.put(line('inference'), groups.indexOf(facts.unlisted), rest);
}

const valuesMax = 20;

/** The ledger's own line, and what tells this kind apart from others that share it. */
function behind(kind: LineKind, rows: readonly CostRow[], guards: ReadonlySet<string>): Record<string, string[]> {
  const mine = rows.filter((row) => kindOf(row, guards) === kind);
  const line = valuesOf(mine, 'line');
  const others = rows.filter((row) => kindOf(row, guards) !== kind && line.includes(row.dimensions.line ?? ''));
  if (others.length === 0) return { line };
  const told = ['operation', 'stage'].map((name) => [name, valuesOf(mine, name)] as const);
  const apart = told.filter(([name, values]) => !valuesOf(others, name).some((value) => values.includes(value)));
  const [first = told[0]] = apart.filter(([, values]) => values.length <= valuesMax);
  return first === undefined ? { line } : { line, [first[0]]: [...first[1]] };
}

function valuesOf(rows: readonly CostRow[], name: string): string[] {
  return [...new Set(rows.map((row) => row.dimensions[name] ?? ''))];
}

/**
 * First attempts of moderation calls and of stages that only guard are guardrails, embeddings are retrieval; everything
 * else is what the ledger says.
 */
function kindOf({ dimensions }: CostRow, guards: ReadonlySet<string>): LineKind {
  const kind = (dimensions.line ?? 'inference') as LineKind;
  if (kind !== 'inference') return kind;
  if (dimensions.operation === 'moderations' || guards.has(stageKey(dimensions.workflow, dimensions.stage)))
    return 'guardrails';
  return dimensions.operation === 'embeddings' ? 'retrieval' : 'inference';
}

const stageKey = (workflow: string | null | undefined, stage: string | null | undefined) =>
  JSON.stringify([workflow ?? '', stage ?? '']);

const guardModel = /moderation|guard/i;

/** Stages whose model is a moderation or guard model, and models other stages name as theirs. */
function guardStages(config: Config): ReadonlySet<string> {
  const stages = Object.entries(config.workflows).flatMap(([workflow, { stages: own }]) =>
    Object.entries(own).map(([name, stage]) => ({ key: stageKey(workflow, name), stage })),
  );
  const named = new Set(stages.flatMap(({ stage }) => (stage.guard ? [stage.guard.model] : [])));
  return new Set(
    stages
      .filter(({ stage: { work } }) => work.kind === 'model' && (named.has(work.model) || guardModel.test(work.model)))
      .map(({ key }) => key),
  );
}
