import type { EconomicLedger } from './read-stack-facts.ts';

/** The ledger as one request asks it: an equal question is asked once. Answers live no longer than what this returns. */
export function askOnce(ledger: EconomicLedger): EconomicLedger {
  return {
    costs: once((query) => ledger.costs(query)),
    workflows: once((range) => ledger.workflows(range)),
    work: once((query) => ledger.work(query)),
    traffic: once((query) => ledger.traffic(query)),
    users: once((query, groupings) => ledger.users(query, groupings)),
    cohorts: once((query) => ledger.cohorts(query)),
    repetitions: once((query, of) => ledger.repetitions(query, of)),
    repeats: once((query, soonMs) => ledger.repeats(query, soonMs)),
    endings: once((query) => ledger.endings(query)),
    retries: once((query) => ledger.retries(query)),
    runs: once((query, limit) => ledger.runs(query, limit)),
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

/** Objects with their names in order: what is asked for does not depend on it. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
