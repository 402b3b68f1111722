import type { Attribution, ScopeDimension } from '../tree/index.ts';

/** What policy knows of a call before it goes out. */
export interface CallFacts {
  readonly attribution: Attribution;
  readonly keyId: string;
  /** Names of budgets the key is bound to, besides those whose scope matches. */
  readonly keyBudgets: readonly string[];
  readonly provider: string;
  /** As asked for, without the provider. */
  readonly model: string;
}

/** The value of a dimension for a call; null when nobody said. */
export function dimensionValue(facts: CallFacts, dimension: ScopeDimension): string | null {
  if (dimension === 'key') return facts.keyId;
  if (dimension === 'provider') return facts.provider;
  if (dimension === 'model') return facts.model;
  if (dimension.startsWith('tag.')) return facts.attribution.tags?.[dimension.slice(4)] ?? null;
  const value = (facts.attribution as Readonly<Record<string, unknown>>)[dimension];
  return typeof value === 'string' ? value : null;
}
