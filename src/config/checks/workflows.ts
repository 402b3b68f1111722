import { valueAt } from '../schema-problems.ts';
import type { Path } from '../source.ts';
import { entries, type Facts, has, lowerBound, names, refer, sharesFit } from './facts.ts';

/** The word after which a run is over. */
const done = 'done';

const works = ['model', 'service', 'human'] as const;
/** Keys that only a stage with a model can act on. */
const modelKeys = [
  'input',
  'output',
  'reasoning',
  'cacheReadShare',
  'toolCalls',
  'imagesMade',
  'tier',
  'urgency',
  'maxOutputTokens',
  'validate',
  'guard',
  'trim',
  'route',
];

export function checkWorkflows(facts: Facts): void {
  for (const [workflow] of entries(facts.raw, 'workflows')) {
    const path: Path = ['workflows', workflow];
    const stages = names(facts.raw, ...path, 'stages');
    if (has(facts.raw, ...path, 'stages') && stages.length === 0) {
      facts.findings.push({ path: [...path, 'stages'], message: 'expected at least one stage' });
    }
    refer(facts, [...path, 'start'], valueAt(facts.raw, [...path, 'start']), stages, 'stage of this workflow');
    for (const stage of stages) checkStage(facts, [...path, 'stages', stage], stage, stages);
    checkEnds(facts, [...path, 'stages'], stages);
    checkTraffic(facts, [...path, 'traffic']);
  }
}

function checkStage(facts: Facts, path: Path, stage: string, stages: readonly string[]): void {
  if (stage === done) facts.findings.push({ path, message: '"done" is reserved for the end of a run', atKey: true });
  const stated = works.filter((work) => has(facts.raw, ...path, work));
  if (stated.length === 0)
    facts.findings.push({ path, message: 'expected one of model, service or human', atKey: true });
  for (const work of stated.slice(1)) {
    facts.findings.push({
      path: [...path, work],
      message: `a stage cannot have both ${stated[0]} and ${work}`,
      atKey: true,
    });
  }
  if (stated[0] === 'service' || stated[0] === 'human') checkNoModelKeys(facts, path, stated[0]);
  const next = valueAt(facts.raw, [...path, 'next']);
  if (typeof next === 'string') refer(facts, [...path, 'next'], next, [...stages, done], 'stage of this workflow');
  for (const target of names(facts.raw, ...path, 'next')) {
    if (target === done || stages.includes(target)) continue;
    refer(facts, [...path, 'next', target], target, [...stages, done], 'stage of this workflow');
  }
  const shares = entries(facts.raw, ...path, 'next').map(([, share]) => share);
  sharesFit(facts, [...path, 'next'], shares, 'the probabilities');
}

function checkNoModelKeys(facts: Facts, path: Path, work: string): void {
  for (const key of modelKeys.filter((name) => has(facts.raw, ...path, name))) {
    facts.findings.push({
      path: [...path, key],
      message: `means nothing for a ${work} stage; expected only with model`,
      atKey: true,
    });
  }
}

/** Refuses stages from which no run can ever end: every way on leads back among them with certainty. */
function checkEnds(facts: Facts, path: Path, stages: readonly string[]): void {
  const ways = new Map(stages.map((stage) => [stage, waysOn(facts.raw, [...path, stage, 'next'])]));
  const ending = new Set<string>([done]);
  let grew = true;
  while (grew) {
    const before = ending.size;
    for (const [stage, way] of ways) {
      // A target that does not exist is reported by its own; here it counts as an end.
      if (way.mayEnd || way.targets.some((target) => ending.has(target) || !ways.has(target))) ending.add(stage);
    }
    grew = ending.size > before;
  }
  const trapped = stages.filter((stage) => !ending.has(stage));
  const [first] = trapped;
  if (first === undefined) return;
  const message = `runs that reach ${trapped.join(', ')} never end; expected a way to done or a sum below 1`;
  facts.findings.push({ path: [...path, first, 'next'], message, atKey: true });
}

interface Ways {
  readonly targets: readonly string[];
  readonly mayEnd: boolean;
}

function waysOn(raw: unknown, path: Path): Ways {
  const next = valueAt(raw, path);
  if (typeof next === 'string') return { targets: [next], mayEnd: false };
  const table = entries(raw, ...path);
  const sum = table.reduce((total, [, share]) => total + (lowerBound(share) ?? 0), 0);
  const targets = table.filter(([, share]) => share !== 0).map(([target]) => target);
  return { targets, mayEnd: sum < 1 - 1e-9 };
}

function checkTraffic(facts: Facts, path: Path): void {
  const plans = entries(facts.raw, ...path, 'plans');
  sharesFit(
    facts,
    [...path, 'plans'],
    plans.map(([, share]) => share),
    'the plan shares',
  );
  const segments = entries(facts.raw, ...path, 'segments');
  const shares = segments.map(([, segment]) => valueAt(segment, ['share']) ?? segment);
  sharesFit(facts, [...path, 'segments'], shares, 'the segment shares');
  for (const [plan] of plans)
    refer(facts, [...path, 'plans', plan], plan, names(facts.raw, 'plans'), 'plan under `plans`');
  if (has(facts.raw, ...path, 'runsPerDay') && has(facts.raw, ...path, 'users')) {
    const message = 'cannot be stated together with users; expected one way to say how many come';
    facts.findings.push({ path: [...path, 'runsPerDay'], message, atKey: true });
  }
  if (has(facts.raw, ...path, 'users') && !has(facts.raw, ...path, 'sessionsPerUserPerDay')) {
    const message = 'needs sessionsPerUserPerDay beside it';
    facts.findings.push({ path: [...path, 'users'], message, atKey: true });
  }
}
