import type { CostQuery, Dimension } from '../ledger/index.ts';
import { readBehaviourFilter } from './behaviour-filter.ts';
import { readDimension } from './dimensions.ts';
import { apiLimits } from './ports.ts';
import { readRange } from './range.ts';
import { FieldsRefused } from './refusals.ts';

/** Query parameters that are no filter, where nothing else is said. */
const ownParameters = new Set(['by', 'from', 'to', 'where', 'orderBy', 'limit', 'behaviour']);

export interface CostParameters {
  readonly by?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly orderBy?: 'cost' | 'dimensions' | undefined;
  readonly limit?: number | undefined;
  readonly behaviour?: string | undefined;
}

/**
 * Reads `by=team,stage`, `where=team:support` and `team=support` into a question for the ledger.
 * @param all every query parameter with all its values
 * @throws FieldsRefused naming the unknown dimension and the nearest known one
 */
export function readCostQuery(
  parameters: CostParameters,
  all: Readonly<Record<string, readonly string[]>>,
  { nowMs, timeZone }: { readonly nowMs: number; readonly timeZone: string },
): CostQuery {
  const range = readRange(parameters, nowMs);
  return {
    range,
    ...readBehaviourFilter(parameters.behaviour, { range }),
    timeZone,
    by: readBy(all.by ?? []),
    where: readWhere(all),
    orderBy: parameters.orderBy ?? 'cost',
    limit: parameters.limit ?? apiLimits.rowsDefault,
  };
}

export function readBy(values: readonly string[]): Dimension[] {
  const names = values.flatMap((value) => value.split(',')).filter((name) => name !== '');
  if (names.length > apiLimits.dimensionsMax) {
    throw new FieldsRefused([{ field: 'by', message: `takes at most ${apiLimits.dimensionsMax} dimensions` }]);
  }
  return [...new Set(names.map((name) => readDimension(name.trim(), 'by')))];
}

/**
 * Reads filters; `own` are the parameters of the endpoint that are none.
 * @throws FieldsRefused for what is no dimension, and for too many values
 */
export function readWhere(
  all: Readonly<Record<string, readonly string[]>>,
  own: ReadonlySet<string> = ownParameters,
): CostQuery['where'] {
  const where = new Map<Dimension, string[]>();
  const add = (name: Dimension, value: string) => where.set(name, [...(where.get(name) ?? []), value]);
  for (const text of all.where ?? []) {
    const split = text.indexOf(':');
    if (split < 1) throw new FieldsRefused([{ field: 'where', message: `"${text}" is not <dimension>:<value>` }]);
    add(readDimension(text.slice(0, split), 'where'), text.slice(split + 1));
  }
  for (const [name, values] of Object.entries(all)) {
    if (own.has(name)) continue;
    for (const value of values) add(readDimension(name, name), value);
  }
  const count = [...where.values()].reduce((sum, values) => sum + values.length, 0);
  if (count > apiLimits.filterValuesMax) {
    throw new FieldsRefused([{ field: 'where', message: `takes at most ${apiLimits.filterValuesMax} values` }]);
  }
  return Object.fromEntries(where) as CostQuery['where'];
}
