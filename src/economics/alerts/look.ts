import type { CostAnswer, CostQuery, CostRow, Dimension, TimeRange } from '../../ledger/index.ts';
import type { AlertFeed } from './alert.ts';
import { dayMs, hourMs } from './baseline.ts';

const rowsMax = 2_000;
const rowsOfDayMax = 10_000;
/** Answers kept for an hour or a day; further ones are asked for at every look. */
const keptMax = 2_000;

/** What is asked of the past: rows by hour or day, of so many whole days and of today up to this hour. */
export interface PastQuestion {
  readonly by: readonly Dimension[];
  readonly where: CostQuery['where'];
  readonly days: number;
}

/** What rules see at one time: the present, and the past they compare it with. */
export interface Look {
  readonly nowMs: number;
  /** Attempts are in the ledger when they end; nearly all that began before this are there. A whole hour. */
  readonly settledMs: number;
  /** Asked at every look; the same question once in it. */
  recent(range: TimeRange, by: readonly Dimension[], where: CostQuery['where']): Promise<readonly CostRow[]>;
  /** Asked anew once an hour: for what moves slowly, or not at all. */
  hourly(query: CostQuery): Promise<CostAnswer>;
  /**
   * What `derive` makes of the past up to the hour that `nowMs` is in (its second argument), worked out once an hour. It
   * must depend on nothing else. Days that are over are asked for once a day.
   */
  past<T>(question: PastQuestion, derive: (rows: readonly CostRow[], hourMs: number) => T): Promise<T>;
}

/** Makes looks at a feed that share what they read of the past; nothing else is remembered. */
export function looker(feed: AlertFeed): (nowMs: number) => Look {
  const ofHour = new Kept();
  const ofDay = new Kept();
  return (nowMs) => {
    const thisHourMs = Math.floor(nowMs / hourMs) * hourMs;
    ofHour.begin(thisHourMs);
    ofDay.begin(Math.floor((nowMs - hourMs) / dayMs));
    const asked = new Map<string, Promise<CostAnswer>>();
    const recent = (query: CostQuery) => {
      const key = JSON.stringify(query);
      const answer = asked.get(key) ?? feed.costs(query);
      asked.set(key, answer);
      return answer;
    };
    return {
      nowMs,
      settledMs: thisHourMs - hourMs,
      recent: async (range, by, where) => (await recent({ range, by, where, limit: rowsMax })).rows,
      hourly: (query) => ofHour.keep(keyOf(query), () => feed.costs(query)),
      past: async (question, derive) => {
        const rows = await ofHour.keep(JSON.stringify(question), () => readPast(feed, question, thisHourMs, ofDay));
        return ofHour.derived(rows, (known) => derive(known, thisHourMs), derive);
      },
    };
  };
}

/** Questions that differ only in when they were asked are the same. */
function keyOf({ range, ...query }: CostQuery): string {
  return JSON.stringify([range.toMs - range.fromMs, query]);
}

/** Day by day; an hour after its end a day is taken for whole. */
async function readPast(feed: AlertFeed, question: PastQuestion, toMs: number, ofDay: Kept): Promise<CostRow[]> {
  const { days, ...asked } = question;
  const settledMs = toMs - hourMs;
  const rows: CostRow[] = [];
  for (let atMs = (Math.floor(toMs / dayMs) - days) * dayMs; atMs < toMs; atMs += dayMs) {
    const range = { fromMs: atMs, toMs: Math.min(toMs, atMs + dayMs) };
    const read = async () => (await feed.costs({ ...asked, range, limit: rowsOfDayMax })).rows;
    const isWhole = range.toMs <= settledMs;
    rows.push(...(isWhole ? await ofDay.keep(JSON.stringify([asked, atMs]), read) : await read()));
  }
  return rows;
}

/** Answers that hold for a time, and what was made of them. */
class Kept {
  #begunAt = 0;
  #answers = new Map<string, Promise<unknown>>();
  #derived = new WeakMap<readonly CostRow[], Map<unknown, unknown>>();

  /** Forgets everything when another time begins. */
  begin(at: number): void {
    if (at === this.#begunAt) return;
    this.#begunAt = at;
    this.#answers = new Map();
    this.#derived = new WeakMap();
  }

  keep<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key);
    if (known) return known as Promise<T>;
    const answer = read();
    if (this.#answers.size < keptMax) this.#answers.set(key, answer);
    // What failed is asked again at the next look.
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }

  /** `name` stands for what `derive` does. */
  derived<T>(rows: readonly CostRow[], derive: (rows: readonly CostRow[]) => T, name: unknown): T {
    const ofRows = this.#derived.get(rows) ?? new Map<unknown, unknown>();
    this.#derived.set(rows, ofRows);
    if (!ofRows.has(name)) ofRows.set(name, derive(rows));
    return ofRows.get(name) as T;
  }
}
