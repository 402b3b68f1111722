import type { BudgetDefinition, Scope, ScopeDimension } from '../tree/index.ts';
import { type CallFacts, dimensionValue } from './facts.ts';

/** A budget a call counts against, and which of its instances. */
export interface BudgetMatch {
  readonly definition: BudgetDefinition;
  readonly instance: string;
}

/** The budgets a call counts against, in the fixed order in which they are held: by name. */
export function matchBudgets(definitions: readonly BudgetDefinition[], facts: CallFacts): BudgetMatch[] {
  return definitions
    .filter((definition) => facts.keyBudgets.includes(definition.name) || inScope(definition.scope, facts))
    .map((definition) => ({ definition, instance: instanceOf(definition.per, facts) }))
    .sort((a, b) => (a.definition.name < b.definition.name ? -1 : a.definition.name > b.definition.name ? 1 : 0));
}

/** Whether a call has, for every dimension the scope names, one of its values. */
export function inScope(scope: Scope, facts: CallFacts): boolean {
  for (const dimension of Object.keys(scope) as ScopeDimension[]) {
    const values = scope[dimension];
    if (values !== undefined && !matchesAny(dimension, values, facts)) return false;
  }
  return true;
}

function matchesAny(dimension: ScopeDimension, values: readonly string[], facts: CallFacts): boolean {
  const value = dimensionValue(facts, dimension);
  if (value === null) return false;
  // A model may be named with its provider, as clients name it.
  return values.includes(value) || (dimension === 'model' && values.includes(`${facts.provider}/${value}`));
}

/** Longest text of one value in an instance's name; longer ones are cut, and share a count with what begins alike. */
const valueCharsMax = 200;

/**
 * Names the instance of a budget a call belongs to: `user=alice&model=gpt-5-nano`. Calls that do not say who they are
 * share the instance of the empty value, so that leaving a header out is no way around a budget.
 */
export function instanceOf(per: readonly ScopeDimension[], facts: CallFacts): string {
  return per
    .map((dimension) => {
      const value = dimensionValue(facts, dimension) ?? '';
      return `${encodeURIComponent(dimension)}=${encodeURIComponent(value.slice(0, valueCharsMax))}`;
    })
    .join('&');
}
