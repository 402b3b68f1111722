import type { CostQuery } from '../../ledger/index.ts';
import type { Scope } from '../../tree/index.ts';

/** The ledger's filter for a scope. Models may be written `provider/model`; the ledger keeps the two apart. */
export function whereOf(scope: Scope): CostQuery['where'] {
  const { model, ...rest } = scope;
  if (!model) return rest;
  const parts = model.map((name) => (name.includes('/') ? name.split(/\/(.*)/s) : [null, name]));
  const providers = [...new Set(parts.flatMap(([provider]) => provider ?? []))];
  const models = parts.flatMap(([, name]) => name ?? []);
  const named = providers.length > 0 && !rest.provider ? { provider: providers } : {};
  return { ...rest, ...named, model: models };
}
