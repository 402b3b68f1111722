import { BurnrateError } from '../../base/index.ts';
import type { CostQuery, TimeRange } from '../ledger.ts';
import type { Dialect } from './dialect.ts';
import type { Parameters } from './sql-text.ts';

/** The range of a question, as a condition on when attempts began. */
export function rangeOf({ range }: Pick<CostQuery, 'range'>, parameters: Parameters): string {
  return `started_at >= ${parameters.bind(range.fromMs)} AND started_at < ${parameters.bind(range.toMs)}`;
}

/** The equality filters of a question, each as a condition. */
export function filtersOf(
  query: Pick<CostQuery, 'where'>,
  dialect: Dialect,
  parameters: Parameters,
  expression: (name: string) => string,
): string[] {
  return Object.entries(query.where).flatMap(([name, values]) => {
    if (!values) return [];
    const column = expression(name);
    const named = values.filter((value) => value !== '');
    const alternatives = [
      ...(named.length > 0 ? [dialect.isOneOf(column, named, parameters)] : []),
      ...(named.length < values.length ? [`${column} IS NULL`] : []),
    ];
    return [alternatives.length === 0 ? 'false' : `(${alternatives.join(' OR ')})`];
  });
}

/** @throws BurnrateError bad_request for a range that ends before it begins */
export function checkRange({ fromMs, toMs }: TimeRange): void {
  if (Number.isFinite(fromMs) && Number.isFinite(toMs) && fromMs <= toMs) return;
  throw new BurnrateError('bad_request', { message: 'the range must end after it begins' });
}
