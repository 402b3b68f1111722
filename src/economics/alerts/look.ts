import type { CostAnswer, CostQuery, CostRow, Dimension, TimeRange } from '../../ledger/index.ts';
import type { AlertFeed } from './alert.ts';
import { hourMs } from './baseline.ts';
import { History } from './history.ts';

const rowsMax = 2_000;

/** What rules see at one time: the present, and the past they compare it with. */
export interface Look {
  readonly nowMs: number;
  readonly history: History;
  recent(range: TimeRange, by: readonly Dimension[], where: CostQuery['where']): Promise<readonly CostRow[]>;
  /** Asked anew once an hour: for what moves slowly. */
  hourly(query: CostQuery): Promise<CostAnswer>;
}

/** Makes looks at a feed that share what they read of the past. */
export function looker(feed: AlertFeed): (nowMs: number) => Look {
  const history = new History(feed);
  const slow = new Map<string, { readonly hour: number; readonly answer: Promise<CostAnswer> }>();
  const hourly = (query: CostQuery, nowMs: number): Promise<CostAnswer> => {
    const key = JSON.stringify([query.by, query.where, query.limit, query.range.toMs - query.range.fromMs]);
    const hour = Math.floor(nowMs / hourMs);
    const known = slow.get(key);
    if (known?.hour === hour) return known.answer;
    const answer = feed.costs(query);
    slow.set(key, { hour, answer });
    // What failed is asked again at the next look.
    answer.catch(() => slow.delete(key));
    return answer;
  };
  return (nowMs) => ({
    nowMs,
    history,
    recent: async (range, by, where) => (await feed.costs({ range, by, where, limit: rowsMax })).rows,
    hourly: (query) => hourly(query, nowMs),
  });
}
