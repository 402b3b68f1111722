import { type GroupedQuery, type Ledger, type WorkRow, workDimensions } from '../../ledger/index.ts';

const isOfWork = (name: string): boolean => workDimensions.has(name) || name.startsWith('tag.');

/** Minutes spent on reviews, by those dimensions that work has; none where a filter asks for what it has not. */
export async function readWork(ledger: Pick<Ledger, 'work'>, query: GroupedQuery): Promise<readonly WorkRow[]> {
  if (!Object.keys(query.where).every(isOfWork)) return [];
  return ledger.work({ ...query, by: query.by.filter(isOfWork) });
}
