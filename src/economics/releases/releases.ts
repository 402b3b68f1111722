import type { CostQuery, EconomicQuery, RunRow, TimeRange, TrafficRow } from '../../ledger/index.ts';
import { sumUsd, type Usd } from '../../money/index.ts';
import type { PartTokens } from '../../tree/index.ts';
import { groupBy } from '../sampling/group-by.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import { perOne, ratio } from '../units/ratio.ts';
import { type Comparison, compareRuns } from './verdict.ts';

/** What a release or a prompt version of a workflow was like. */
export interface ReleaseFigures {
  readonly workflow: string | null;
  readonly release: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** Runs looked at, and of them those that ended and those that succeeded. */
  readonly runs: number;
  readonly ended: number;
  readonly successes: number;
  readonly costPerRun: Usd | null;
  readonly costPerSuccess: Usd | null;
  /** Input tokens of one attempt, and estimated by part. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly parts: PartTokens | null;
  /** Against the release before it in the same workflow; null for the first. */
  readonly comparison: Comparison | null;
}

export interface PromptGrowth {
  readonly workflow: string | null;
  readonly release: string | null;
  /** Monday of the week, in the time zone. */
  readonly week: string;
  readonly attempts: number;
  readonly inputTokens: number | null;
  readonly parts: PartTokens | null;
}

export interface Releases {
  readonly range: TimeRange;
  readonly releases: readonly ReleaseFigures[];
  readonly growth: readonly PromptGrowth[];
  /** Runs of the range, and how many of them were looked at. */
  readonly runs: number;
  readonly runsLookedAt: number;
}

export interface ReleaseQuestion {
  readonly range: TimeRange;
  readonly timeZone: string;
  readonly by: 'release' | 'promptVersion';
  readonly where: CostQuery['where'];
}

const runsMax = 10_000;

/** Each release with what an outcome cost before and after it, and how prompts grew from week to week. */
export async function readReleases(ledger: EconomicLedger, question: ReleaseQuestion): Promise<Releases> {
  const { range, timeZone, by, where } = question;
  const query: EconomicQuery = { range, timeZone, where };
  const [sample, traffic, weeks] = await Promise.all([
    ledger.runs(query, runsMax),
    ledger.traffic({ ...query, by: ['workflow', by] }),
    ledger.traffic({ ...query, by: ['workflow', by, 'week'] }),
  ]);
  return {
    range,
    releases: releasesOf(sample.rows, traffic, by),
    growth: weeks.map((row) => growthOf(row, by)).sort((a, b) => a.week.localeCompare(b.week)),
    runs: sample.runs,
    runsLookedAt: sample.rows.length,
  };
}

type By = ReleaseQuestion['by'];

function releasesOf(rows: readonly RunRow[], traffic: readonly TrafficRow[], by: By): ReleaseFigures[] {
  const labelled = rows.filter((row) => row[by] !== null);
  const workflows = groupBy(labelled, (row) => row.workflow);
  return [...workflows].flatMap(([workflow, own]) => {
    const releases = [...groupBy(own, (row) => row[by] ?? '')]
      .map(([release, runs]) => ({ release, runs: runs.toSorted((a, b) => a.startedAtMs - b.startedAtMs) }))
      .sort((a, b) => startOf(a.runs) - startOf(b.runs));
    return releases.map(({ release, runs }, index) => {
      const flow = traffic.find((row) => row.dimensions.workflow === workflow && row.dimensions[by] === release);
      const earlier = releases[index - 1]?.runs;
      const comparison = earlier ? compareRuns(earlier, runs) : null;
      return { workflow, release, ...runFigures(runs), ...tokenFigures(flow), comparison };
    });
  });
}

const startOf = (runs: readonly RunRow[]) => runs[0]?.startedAtMs ?? 0;

function runFigures(runs: readonly RunRow[]) {
  const done = runs.filter((run) => run.outcome !== null);
  const successes = done.filter((run) => run.outcome === 'success').length;
  const cost = sumUsd(done.map((run) => run.cost));
  return {
    ...{ firstSeenMs: startOf(runs), lastSeenMs: runs.at(-1)?.startedAtMs ?? 0 },
    ...{ runs: runs.length, ended: done.length, successes },
    ...{ costPerRun: perOne(cost, done.length), costPerSuccess: perOne(cost, successes) },
  };
}

function tokenFigures(row: TrafficRow | undefined) {
  return {
    inputTokens: row ? ratio(row.inputTokens, row.attempts) : null,
    outputTokens: row ? ratio(row.outputTokens, row.attempts) : null,
    parts: row ? meanParts(row) : null,
  };
}

/** Parts of one attempt, over those whose parts are known. */
function meanParts({ parts, attemptsWithParts }: TrafficRow): PartTokens | null {
  if (attemptsWithParts === 0) return null;
  const { system, history, retrieval, question, tools } = parts;
  const mean = (tokens: number) => tokens / attemptsWithParts;
  return {
    ...{ system: mean(system), history: mean(history), retrieval: mean(retrieval) },
    ...{ question: mean(question), tools: mean(tools) },
  };
}

function growthOf(row: TrafficRow, by: By): PromptGrowth {
  return {
    workflow: row.dimensions.workflow ?? null,
    release: row.dimensions[by] ?? null,
    week: row.dimensions.week ?? '',
    attempts: row.attempts,
    inputTokens: ratio(row.inputTokens, row.attempts),
    parts: meanParts(row),
  };
}
