import { parseInstant, parseNumber } from '../numbers.ts';
import { valueAt } from '../schema-problems.ts';
import type { Path } from '../source.ts';
import { distinct, entries, type Facts, has, items, lowerBound, round } from './facts.ts';
import { expand } from './references.ts';

/** What holds between the keys of one section. */
export function checkConsistency(facts: Facts): void {
  checkProviders(facts);
  checkPrices(facts);
  checkBudgets(facts);
  checkOverheads(facts);
  checkMeasured(facts);
  checkCaches(facts);
  checkAlerts(facts);
  checkStresses(facts);
  for (const path of ['budgets', 'limits'] as const)
    distinct(facts, [path], (item) => valueAt(item, ['name']), 'name', 'name');
}

function say(facts: Facts, path: Path, message: string): void {
  facts.findings.push({ path, message, atKey: true });
}

function checkProviders(facts: Facts): void {
  for (const [name, provider] of entries(facts.raw, 'providers')) {
    const path = ['providers', name];
    if (valueAt(provider, ['kind']) === 'other' && !has(provider, 'baseUrl'))
      say(facts, path, 'kind other needs a baseUrl');
    if (valueAt(provider, ['credentials']) === 'client' && has(provider, 'apiKey')) {
      say(facts, [...path, 'apiKey'], 'is never sent with credentials: client; expected one of the two');
    }
    if (name.includes('/')) say(facts, path, 'expected a provider name without "/"');
  }
}

function checkPrices(facts: Facts): void {
  const identity = (price: unknown): string | undefined => {
    const parts = ['provider', 'model', 'from'].map((key) => valueAt(price, [key]));
    return parts[0] === undefined || parts[1] === undefined ? undefined : JSON.stringify(parts);
  };
  distinct(facts, ['prices'], identity, 'model', 'provider, model and date');
  for (const path of expand(facts.raw, 'prices.*')) checkStatesPrice(facts, path);
  for (const path of dated.flatMap((pattern) => expand(facts.raw, pattern))) checkDates(facts, path);
}

/** What is paid, or holds, between two dates. */
const dated = ['prices.*', 'overheads.*.*', 'services.*', 'providers.*.gpu', 'providers.*.reserved.*'];

const identifying = ['provider', 'model', 'from', 'until', 'contextWindow'];

function checkStatesPrice(facts: Facts, path: Path): void {
  const keys = entries(facts.raw, ...path).map(([key]) => key);
  if (keys.every((key) => identifying.includes(key)))
    say(facts, path, 'states no price; expected at least one rate or tier');
}

function checkDates(facts: Facts, path: Path): void {
  const from = parseInstant(valueAt(facts.raw, [...path, 'from']));
  const until = parseInstant(valueAt(facts.raw, [...path, 'until']));
  if (from && until && from.ms >= until.ms) say(facts, [...path, 'until'], 'expected a date after `from`');
}

const actions = ['maxOutputTokens', 'model', 'queue', 'cooldown', 'stop'];

function checkBudgets(facts: Facts): void {
  for (const [index, budget] of items(facts.raw, 'budgets').entries()) {
    const path = ['budgets', index];
    if (valueAt(budget, ['period']) === 'total' && valueAt(budget, ['window']) === 'rolling') {
      say(facts, [...path, 'window'], 'a total budget has no rolling window; expected calendar');
    }
    checkLadder(facts, [...path, 'brake']);
  }
}

function checkLadder(facts: Facts, path: Path): void {
  let last = -1;
  for (const [index, step] of items(facts.raw, ...path).entries()) {
    const at = parseNumber(valueAt(step, ['at']));
    if (at !== null && at <= last)
      say(facts, [...path, index, 'at'], 'expected steps in rising order, each from a larger share on');
    last = at ?? last;
    if (!actions.some((action) => has(step, action)))
      say(facts, [...path, index], `does nothing; expected one of ${actions.join(', ')}`);
  }
}

const amounts = ['monthlyUsd', 'perCallUsd', 'perMillionTokensUsd', 'hoursPerMonth', 'hours', 'onceUsd'];
const workAmounts = ['hoursPerMonth', 'hours'];

function checkOverheads(facts: Facts): void {
  for (const [section, list] of entries(facts.raw, 'overheads')) {
    for (const [index, cost] of (Array.isArray(list) ? list : []).entries()) {
      const path = ['overheads', section, index];
      if (!amounts.some((amount) => has(cost, amount)))
        say(facts, path, `costs nothing; expected one of ${amounts.join(', ')}`);
      const worked = workAmounts.some((amount) => has(cost, amount));
      if (worked !== has(cost, 'role')) say(facts, path, 'hours need a role under `people`, and a role needs hours');
      checkFixed(facts, path, cost);
    }
    distinct(facts, ['overheads', section], (item) => valueAt(item, ['name']), 'name', 'name');
  }
}

/** What is agreed upon and not counted: the ledger cannot tell it. */
const agreed = [
  ...['people.*.hourlyUsd', 'services.*.perCallUsd', 'services.*.monthlyUsd', 'providers.*.reserved.*.monthlyUsd'],
  ...amounts.map((amount) => `overheads.*.*.${amount}`),
];

function checkMeasured(facts: Facts): void {
  for (const path of agreed.flatMap((pattern) => expand(facts.raw, pattern))) {
    if (valueAt(facts.raw, path) === 'measured')
      say(facts, path, 'is nothing the ledger can measure; expected a number, a range or quantiles');
  }
}

function checkFixed(facts: Facts, path: Path, cost: unknown): void {
  const fixed = valueAt(cost, ['allocateBy']) === 'fixed';
  if (fixed !== has(cost, 'shares')) say(facts, path, '`allocateBy: fixed` and `shares` belong together');
  const sum = entries(cost, 'shares').reduce((total, [, share]) => total + (lowerBound(share) ?? 0), 0);
  if (has(cost, 'shares') && Math.abs(sum - 1) > 1e-9)
    say(facts, [...path, 'shares'], `the shares sum to ${round(sum)}; expected 1`);
}

const semanticOnly = ['similarity', 'embeddingModel', 'wrongHitRate', 'wrongHitUsd'];

function checkCaches(facts: Facts): void {
  for (const path of expand(facts.raw, 'workflows.*.stages.*.cache')) {
    const cache = valueAt(facts.raw, path);
    const mode = valueAt(cache, ['mode']);
    if (mode === 'semantic' && !has(cache, 'embeddingModel'))
      say(facts, path, 'a semantic cache needs an embeddingModel');
    for (const key of mode === 'exact' ? semanticOnly.filter((name) => has(cache, name)) : []) {
      say(facts, [...path, key], 'means nothing for an exact cache; expected only with mode: semantic');
    }
  }
}

function checkAlerts(facts: Facts): void {
  for (const [name, channel] of entries(facts.raw, 'alerts', 'channels')) {
    const path = ['alerts', 'channels', name];
    if (has(channel, 'webhook') === has(channel, 'email')) say(facts, path, 'expected either webhook or email');
  }
  const ruleName = (rule: unknown): unknown => valueAt(rule, ['name']) ?? undefined;
  distinct(facts, ['alerts', 'rules'], ruleName, 'name', 'name');
}

function checkStresses(facts: Facts): void {
  for (const [name, stress] of entries(facts.raw, 'stresses')) {
    const path = ['stresses', name];
    if (has(stress, 'newUsers') && !has(stress, 'over'))
      say(facts, path, 'newUsers needs over: the time they arrive in');
    if (has(stress, 'over') && !has(stress, 'newUsers'))
      say(facts, [...path, 'over'], 'means nothing without newUsers');
  }
}
