import { builtInBaseUrls } from '../schema/providers.ts';
import { valueAt } from '../schema-problems.ts';
import type { Path } from '../source.ts';
import { entries, type Facts, items, names, refer, texts } from './facts.ts';

/** A path with `*` for every name or position, like `workflows.*.stages.*.model`. */
type Pattern = string;

/** Where each kind of reference stands. The schema's own tests hold that every model-valued key is listed. */
const modelPaths: readonly Pattern[] = [
  'plans.*.models',
  'budgets.*.brake.*.model',
  'alternatives.*.replace.*',
  'workflows.*.stages.*.model',
  'workflows.*.stages.*.fallback',
  'workflows.*.stages.*.trim.summarizeWith',
  'workflows.*.stages.*.route.simple',
  'workflows.*.stages.*.route.classifier',
  'workflows.*.stages.*.cache.embeddingModel',
  'workflows.*.stages.*.guard.model',
];

const rolePaths: readonly Pattern[] = [
  'workflows.*.outcome.savedRole',
  'workflows.*.stages.*.human.role',
  'workflows.*.stages.*.review.role',
  'workflows.*.stages.*.fallback.*.human',
  'overheads.*.*.role',
  'alternatives.*.role',
];

const named: readonly { readonly section: string; readonly what: string; readonly paths: readonly Pattern[] }[] = [
  { section: 'people', what: 'role under `people`', paths: rolePaths },
  { section: 'services', what: 'service under `services`', paths: ['workflows.*.stages.*.service'] },
];

/** Checked only when the section has entries: without it, these names may come from headers alone. */
const namedIfAny: typeof named = [
  {
    section: 'plans',
    what: 'plan under `plans`',
    paths: ['budgets.*.scope.plan', 'limits.*.scope.plan', 'alerts.rules.*.scope.plan'],
  },
  {
    section: 'workflows',
    what: 'workflow under `workflows`',
    paths: [
      'budgets.*.scope.workflow',
      'limits.*.scope.workflow',
      'alerts.rules.*.scope.workflow',
      'scenarios.*.workflows',
      'stresses.*.workflows',
    ],
  },
];

export function checkReferences(facts: Facts): void {
  const providers = providerNames(facts.raw);
  for (const path of modelPaths.flatMap((pattern) => expand(facts.raw, pattern))) checkModels(facts, path, providers);
  for (const { section, what, paths } of named) checkNames(facts, paths, names(facts.raw, section), what);
  for (const { section, what, paths } of namedIfAny) {
    const known = names(facts.raw, section);
    if (known.length > 0) checkNames(facts, paths, known, what);
  }
  const scopes = ['budgets.*.scope.provider', 'limits.*.scope.provider', 'alerts.rules.*.scope.provider'];
  checkNames(facts, scopes, providers, 'provider');
  checkNames(
    facts,
    ['alerts.rules.*.notify', 'budgets.*.notify'],
    names(facts.raw, 'alerts', 'channels'),
    'channel under `alerts.channels`',
  );
  checkNames(facts, ['alerts.rules.*.budget'], budgetNames(facts.raw), 'budget', budgetNames(facts.written));
  checkScenarioPlans(facts);
  checkFixedShares(facts);
}

function budgetNames(raw: unknown): string[] {
  return items(raw, 'budgets').flatMap((budget) => {
    const name = valueAt(budget, ['name']);
    return typeof name === 'string' ? [name] : [];
  });
}

function providerNames(raw: unknown): string[] {
  return [...new Set([...names(raw, 'providers'), ...Object.keys(builtInBaseUrls)])];
}

function checkNames(
  facts: Facts,
  patterns: readonly Pattern[],
  known: readonly string[],
  what: string,
  shown = known,
): void {
  for (const path of patterns.flatMap((pattern) => expand(facts.raw, pattern))) {
    for (const { path: at, text } of texts(facts.raw, path)) refer(facts, at, text, known, what, shown);
  }
}

function checkModels(facts: Facts, path: Path, providers: readonly string[]): void {
  for (const { path: at, text } of texts(facts.raw, path)) {
    const slash = text.indexOf('/');
    if (slash < 1 || slash === text.length - 1) {
      facts.findings.push({ path: at, message: 'expected provider/model, like openai/gpt-5-mini', showValue: true });
    } else refer(facts, at, text.slice(0, slash), providers, 'provider');
  }
}

function checkScenarioPlans(facts: Facts): void {
  for (const [scenario] of entries(facts.raw, 'scenarios')) {
    const path = ['scenarios', scenario, 'plans'];
    for (const plan of names(facts.raw, ...path))
      refer(facts, [...path, plan], plan, names(facts.raw, 'plans'), 'plan under `plans`');
  }
}

function checkFixedShares(facts: Facts): void {
  const workflows = names(facts.raw, 'workflows');
  for (const path of expand(facts.raw, 'overheads.*.*.shares')) {
    for (const name of names(facts.raw, ...path))
      refer(facts, [...path, name], name, workflows, 'workflow under `workflows`');
  }
}

/** Every path of `raw` that fits the pattern. */
export function expand(raw: unknown, pattern: Pattern): Path[] {
  let paths: Path[] = [[]];
  for (const step of pattern.split('.')) {
    paths = paths.flatMap((path) => {
      const value = valueAt(raw, path);
      if (typeof value !== 'object' || value === null) return [];
      if (step !== '*') return Object.hasOwn(value, step) ? [[...path, step]] : [];
      return Array.isArray(value)
        ? value.map((_, index) => [...path, index])
        : Object.keys(value).map((key) => [...path, key]);
    });
  }
  return paths;
}
