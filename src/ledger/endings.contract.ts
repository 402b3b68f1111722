import { describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../test/cases/attempts.ts';
import { usd, zeroUsd } from '../money/index.ts';
import type { Attempt, HumanWork, Outcome } from '../tree/index.ts';
import type { EndingRow } from './economic-questions.ts';
import type { CostQuery, Dimension } from './ledger.ts';
import { type LedgerUnderTest, useLedger } from './ledger-under-test.contract.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const runs = 70;
const models = ['gpt-5-nano', 'gpt-5', 'claude "x"'];

/** What is told of the runs, in the order it comes. */
type Told = { readonly attempt: Attempt } | { readonly outcome: Outcome } | { readonly work: HumanWork };

const beganMs = (run: number) => caseStartMs + run * 1.7 * hourMs;

function attemptOf(run: number, number: number, afterMs: number): Attempt {
  return caseAttempt(`${run}_${number}`, {
    ...{ run: `run_${run}`, workflow: run % 3 === 0 ? 'sales' : 'support', customer: `c${run % 2}` },
    ...{ modelServed: models[(run + number) % models.length] ?? '', startedAtMs: beganMs(run) + afterMs },
    stage: `stage_${number}`,
  });
}

function outcomeOf(run: number, number: number, afterMs: number): Outcome {
  const kinds = ['success', 'escalated', 'failed'] as const;
  return {
    ...{ id: `o_${run}_${number}`, run: `run_${run}`, outcome: kinds[(run + number) % 3] ?? 'success' },
    ...{ value: run % 4 === 0 ? usd('1.5') : null, humanMinutes: run % 5, role: run % 5 === 0 ? null : 'agent' },
    ...{ csat: run % 6 === 0 ? 4 : null, atMs: beganMs(run) + afterMs, recordedAtMs: beganMs(run) + afterMs },
  };
}

function workOf(run: number): HumanWork {
  return {
    ...{ id: `w_${run}`, kind: 'escalation', decision: 'approve', callId: null, keyId: null, role: null, minutes: 1.5 },
    ...{ run: `run_${run}`, atMs: beganMs(run), simulated: false },
  } as HumanWork;
}

/** Runs of six days: some go on past midnight or after they ended, some end before they began, twice, days later or never. */
function everythingTold(): Told[] {
  const moments = Array.from({ length: runs }, (_, run): [number, Told][] => {
    const told: [number, Told][] = [[beganMs(run), { attempt: attemptOf(run, 0, 0) }]];
    const attempt = (number: number, afterMs: number) =>
      told.push([beganMs(run) + afterMs, { attempt: attemptOf(run, number, afterMs) }]);
    const outcome = (number: number, afterMs: number) =>
      told.push([beganMs(run) + afterMs, { outcome: outcomeOf(run, number, afterMs) }]);
    if (run % 2 === 0) attempt(1, run % 10 === 0 ? 9 * hourMs : 60_000);
    if (run % 7 !== 0) outcome(0, run % 8 === 1 ? -60_000 : run % 9 === 2 ? 2 * dayMs : 120_000);
    if (run % 11 === 3) outcome(1, 3 * dayMs);
    if (run % 13 === 4) attempt(2, 2.5 * dayMs);
    if (run % 5 === 1) told.push([beganMs(run) + 2.2 * dayMs, { work: workOf(run) }]);
    return told;
  });
  return moments
    .flat()
    .sort(([a], [b]) => a - b)
    .map(([, told]) => told);
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

interface Asked {
  readonly range: CostQuery['range'];
  readonly where: CostQuery['where'];
  readonly by: readonly Dimension[];
}

/** What was told, worked out run by run. */
function expected(told: readonly Told[], { range, where, by }: Asked): Map<string, object> {
  const attempts = told.flatMap((each) => ('attempt' in each ? [each.attempt] : []));
  const found = new Map<string, ReturnType<typeof sums>>();
  for (const run of new Set(attempts.map((attempt) => attempt.run))) {
    const own = attempts.filter((attempt) => attempt.run === run);
    const first = own[0] as Attempt;
    const labels: Record<string, string | undefined> = { ...first, day: dayOf(first.startedAtMs) } as never;
    const matches = Object.entries(where).every(([name, values]) =>
      name === 'model'
        ? own.some(({ modelServed }) => values?.includes(modelServed))
        : values?.includes(labels[name] ?? ''),
    );
    if (!matches || first.startedAtMs < range.fromMs || first.startedAtMs >= range.toMs) continue;
    const ends = told.flatMap((each) => ('outcome' in each && each.outcome.run === run ? [each.outcome] : []));
    const last = ends.toSorted((a, b) => a.atMs - b.atMs).at(-1);
    const reviewed = told.reduce(
      (all, each) => all + ('work' in each && each.work.run === run ? each.work.minutes : 0),
      0,
    );
    const key = JSON.stringify([by.map((name) => labels[name] ?? null), last?.outcome ?? null, last?.role ?? null]);
    const known = found.get(key) ?? sums();
    found.set(key, {
      runs: known.runs + 1,
      value: known.value + (last?.value ?? zeroUsd).picos,
      humanMinutes: known.humanMinutes + Math.max(0, (last?.humanMinutes ?? 0) - reviewed),
      ratings: known.ratings + (last?.csat ? 1 : 0),
      csat: known.csat + (last?.csat ?? 0),
    });
  }
  return found;
}

const sums = () => ({ runs: 0, value: 0n, humanMinutes: 0, ratings: 0, csat: 0 });

function shown(rows: readonly EndingRow[], by: readonly Dimension[]): Map<string, object> {
  return new Map(
    rows.map(({ dimensions, outcome, role, value, ...counts }) => [
      JSON.stringify([by.map((name) => dimensions[name] ?? null), outcome, role]),
      { ...counts, value: value.picos },
    ]),
  );
}

const groupings: readonly (readonly Dimension[])[] = [[], ['workflow', 'customer'], ['day']];
const filters: readonly CostQuery['where'][] = [
  {},
  { customer: ['c1'] },
  ...models.map((model) => ({ model: [model] })),
  { model: ['gpt-5'], workflow: ['sales'] },
];

/** How runs ended, whether outcomes are looked at one by one or were summed, and whatever comes late. */
export function endingsContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`endings: ${name}`, () => {
    const under = useLedger(open);

    test('are what runs and outcomes told so far say, in any range and by any label, of all runs or those of a model', async () => {
      const told = everythingTold();
      const tell = (each: Told): Promise<unknown> => {
        if ('attempt' in each) return under.append(each.attempt);
        return 'outcome' in each ? under.ledger.recordOutcome(each.outcome) : under.ledger.recordWork(each.work);
      };
      const check = async (count: number) => {
        for (const [from, to] of [
          [0, 10],
          [0.6, 3.4],
          [2, 5],
        ] as const) {
          const range = { fromMs: caseStartMs + from * dayMs, toMs: caseStartMs + to * dayMs };
          for (const where of filters) {
            const answers = await under.ledger.endings({ range, where }, groupings);
            for (const [place, by] of groupings.entries()) {
              const meant = expected(told.slice(0, count), { range, where, by });
              expect(shown(answers[place] ?? [], by), JSON.stringify({ count, from, to, where, by })).toEqual(meant);
            }
          }
        }
      };
      for (const [index, each] of told.entries()) {
        await tell(each);
        if ((index + 1) % 90 === 0) await check(index + 1);
      }
      await check(told.length);
    });
  });
}
