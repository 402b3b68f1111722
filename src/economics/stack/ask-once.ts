import type { CostQuery, Dimension, EconomicQuery } from '../../ledger/index.ts';
import type { EconomicLedger } from './read-stack-facts.ts';

const asking = new WeakSet<EconomicLedger>();

/**
 * The ledger as one request asks it: an equal question is asked once, and groupings of one question that are asked at
 * once are asked together. Answers live no longer than what this returns.
 */
export function askOnce(ledger: EconomicLedger): EconomicLedger {
  if (asking.has(ledger)) return ledger;
  const asked = asOnce(ledger);
  asking.add(asked);
  return asked;
}

function asOnce(ledger: EconomicLedger): EconomicLedger {
  const costsBy = together((query: Omit<CostQuery, 'by'>, groupings) => ledger.costsBy(query, groupings));
  return {
    costs: async ({ by, ...query }) => {
      const [answer] = await costsBy(query, [by]);
      return answer ?? unanswered();
    },
    costsBy,
    workflows: once((range) => ledger.workflows(range)),
    work: once((query) => ledger.work(query)),
    traffic: once((query) => ledger.traffic(query)),
    users: together((query: EconomicQuery, groupings) => ledger.users(query, groupings)),
    cohorts: once((query) => ledger.cohorts(query)),
    repetitions: once((query, of) => ledger.repetitions(query, of)),
    repeats: once((query, soonMs) => ledger.repeats(query, soonMs)),
    endings: together((query: EconomicQuery, groupings) => ledger.endings(query, groupings)),
    retries: once((query) => ledger.retries(query)),
    runs: once((query, limit) => ledger.runs(query, limit)),
    durations: once((query, limit) => ledger.durations(query, limit)),
    history: once((query, limit, after) => ledger.history(query, limit, after)),
  };
}

function once<Asked extends readonly unknown[], Answer>(
  ask: (...asked: Asked) => Promise<Answer>,
): (...asked: Asked) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (...asked) => {
    const key = JSON.stringify(asked, inOrder);
    const answer = answers.get(key) ?? ask(...asked);
    answers.set(key, answer);
    return answer;
  };
}

type Groupings = readonly (readonly Dimension[])[];
type ByGrouping<Query, Answer> = (query: Query, groupings: Groupings) => Promise<readonly Answer[]>;

/** What is asked before the ledger is, which is as soon as those who ask have all done so. */
interface Gathered<Answer> {
  readonly groupings: (readonly Dimension[])[];
  readonly answers: Promise<readonly Answer[]>;
}

function together<Query, Answer>(ask: ByGrouping<Query, Answer>): ByGrouping<Query, Answer> {
  const gathering = new Map<string, Gathered<Answer>>();
  const gather = (query: Query): Gathered<Answer> => {
    const key = JSON.stringify(query, inOrder);
    const known = gathering.get(key);
    if (known) return known;
    const groupings: (readonly Dimension[])[] = [];
    const answers = Promise.resolve().then(() => {
      gathering.delete(key);
      return ask(query, groupings);
    });
    const gathered = { groupings, answers };
    gathering.set(key, gathered);
    return gathered;
  };
  const one = once(async (query: Query, grouping: readonly Dimension[]): Promise<Answer> => {
    const { groupings, answers } = gather(query);
    const place = groupings.push(grouping) - 1;
    return (await answers)[place] ?? unanswered();
  });
  return (query, groupings) => Promise.all(groupings.map((grouping) => one(query, grouping)));
}

/** A grouping that was asked for is answered: an engine that leaves one out is broken. */
function unanswered(): never {
  throw new TypeError('the ledger left a grouping without an answer');
}

/** Objects with their names in order: what is asked for does not depend on it. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
