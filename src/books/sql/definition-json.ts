import type { BudgetDefinition } from '../../tree/index.ts';

/** JSON with the limit as text, because a limit may outgrow a number. Equal definitions have equal text. */
export function encodeDefinition(definition: BudgetDefinition): string {
  const { name, scope, per, unit, limit, period, hard, failOpen, brake } = definition;
  const sortedScope = Object.fromEntries(Object.entries(scope).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ name, scope: sortedScope, per, unit, limit: `${limit}`, period, hard, failOpen, brake });
}

export function decodeDefinition(text: string): BudgetDefinition {
  const parsed = JSON.parse(text) as Omit<BudgetDefinition, 'limit'> & { readonly limit: string };
  return { ...parsed, limit: BigInt(parsed.limit) };
}
