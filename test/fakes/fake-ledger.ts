import type { AskedLedger } from '../../src/api/index.ts';
import type { CostQuery, CostRow, Ledger, WorkflowFacts } from '../../src/ledger/index.ts';
import { sumUsd, zeroUsd } from '../../src/money/index.ts';
import {
  type Attempt,
  type CostNode,
  inputTokensOf,
  mergeLines,
  type NodeCounts,
  type Outcome,
  outputTokensOf,
} from '../../src/tree/index.ts';

/** A ledger in memory, naive on purpose, for tests of what stands on the ledger's port. */
export interface FakeLedger extends AskedLedger, Pick<Ledger, 'append' | 'watermark'> {
  readonly attempts: Attempt[];
  readonly outcomes: Map<string, Outcome>;
  /** When set, every question fails with it. */
  failure: Error | null;
}

const unasked = () => Promise.reject(new Error('this fake keeps no history; test such questions on DuckDB'));
const noHistory = {
  traffic: unasked,
  users: unasked,
  cohorts: unasked,
  repetitions: unasked,
  repeats: unasked,
  endings: unasked,
  retries: unasked,
  runs: unasked,
  durations: unasked,
  history: unasked,
  newestCalls: unasked,
  newestRuns: unasked,
  performance: unasked,
  lines: unasked,
  size: unasked,
  recordWork: unasked,
  work: unasked,
  answeredCalls: unasked,
  costsBy: unasked,
  recordUsage: unasked,
};

export function fakeLedger(attempts: Attempt[] = []): FakeLedger {
  const outcomes = new Map<string, Outcome>();
  const watermarks = new Map<string, number>();
  const guard = () => {
    if (fake.failure) throw fake.failure;
  };
  const fake: FakeLedger = {
    attempts,
    outcomes,
    failure: null,
    async append(batch) {
      guard();
      attempts.push(...batch.attempts);
      watermarks.set(batch.journalId, batch.lastSequence);
      return batch.lastSequence;
    },
    async watermark(id) {
      guard();
      return watermarks.get(id) ?? 0;
    },
    async recordOutcome(outcome) {
      guard();
      const recorded = outcomes.get(outcome.id);
      const runKnown = attempts.some((attempt) => attempt.run === outcome.run);
      if (recorded === undefined) {
        outcomes.set(outcome.id, outcome);
        return { ok: true, outcome, repeated: false, runKnown };
      }
      if (contentOf(recorded) !== contentOf(outcome)) return { ok: false, reason: 'outcome_conflict', recorded };
      return { ok: true, outcome: recorded, repeated: true, runKnown };
    },
    async costs(query) {
      guard();
      const matching = attempts.filter((attempt) => matches(attempt, query));
      const groups = new Map<string, Attempt[]>();
      for (const attempt of matching) {
        const key = JSON.stringify(query.by.map((name) => dimensionOf(attempt, name)));
        groups.set(key, [...(groups.get(key) ?? []), attempt]);
      }
      const rows = [...groups.values()].map((group) => rowOf(group, query.by));
      const limit = query.limit ?? rows.length;
      return {
        rows: rows.slice(0, limit),
        total: rowOf(matching, []),
        rowsLeftOut: Math.max(0, rows.length - limit),
      };
    },
    async workflow(name, range, detail) {
      guard();
      const own = attempts.filter((attempt) => attempt.workflow === name && inRange(attempt, range));
      return own.length === 0 ? null : factsOf(name, own, [...outcomes.values()], detail?.stage);
    },
    async workflows(range) {
      guard();
      const names = new Set(attempts.filter((attempt) => inRange(attempt, range)).map((attempt) => attempt.workflow));
      return [...names]
        .filter((name) => name !== undefined)
        .map((name) =>
          factsOf(
            name,
            attempts.filter((attempt) => attempt.workflow === name),
            [...outcomes.values()],
          ),
        );
    },
    async call(id) {
      guard();
      return attempts.filter((attempt) => attempt.callId === id);
    },
    async run(id) {
      guard();
      const own = attempts.filter((attempt) => attempt.run === id);
      const ends = [...outcomes.values()].filter((outcome) => outcome.run === id);
      return own.length + ends.length === 0 ? null : { run: id, attempts: own, outcomes: ends };
    },
    ...noHistory,
    async pulse() {
      guard();
      const cost = sumUsd(attempts.map((attempt) => attempt.cost ?? zeroUsd));
      const version = attempts.length + outcomes.size;
      return { attempts: attempts.length, cost, lastAppendedAtMs: attempts.at(-1)?.startedAtMs ?? null, version };
    },
  };
  return fake;
}

function contentOf({ recordedAtMs: _, ...content }: Outcome): string {
  return JSON.stringify(content, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
}

const inRange = (attempt: Attempt, range: { fromMs: number; toMs: number }) =>
  attempt.startedAtMs >= range.fromMs && attempt.startedAtMs < range.toMs;

function matches(attempt: Attempt, query: CostQuery): boolean {
  return (
    inRange(attempt, query.range) &&
    Object.entries(query.where).every(([name, values]) => values?.includes(dimensionOf(attempt, name) ?? ''))
  );
}

function dimensionOf(attempt: Attempt, name: string): string | null {
  if (name.startsWith('tag.')) return attempt.tags?.[name.slice(4)] ?? null;
  const value = (attempt as unknown as Record<string, unknown>)[name === 'model' ? 'modelServed' : name];
  return value === undefined || value === null ? null : String(value);
}

function rowOf(group: readonly Attempt[], by: readonly string[]): CostRow {
  const count = (values: readonly (string | undefined)[]) =>
    new Set(values.filter((value) => value !== undefined)).size;
  const sum = (read: (attempt: Attempt) => number) => group.reduce((total, attempt) => total + read(attempt), 0);
  return {
    dimensions: Object.fromEntries(by.map((name) => [name, group[0] ? dimensionOf(group[0], name) : null])),
    cost: sumUsd(group.map((attempt) => attempt.cost ?? zeroUsd)),
    runs: count(group.map((attempt) => attempt.run)),
    interactions: count(group.map((attempt) => attempt.interaction)),
    calls: count(group.map((attempt) => attempt.callId)),
    attempts: group.length,
    inputTokens: sum((attempt) => inputTokensOf(attempt.usage)),
    cacheReadTokens: sum((attempt) => attempt.usage.cacheRead ?? 0),
    outputTokens: sum((attempt) => outputTokensOf(attempt.usage)),
    unknownPriceAttempts: group.filter((attempt) => attempt.priceState === 'unknown').length,
    estimatedAttempts: group.filter((attempt) => attempt.usageSource === 'estimated').length,
  };
}

function factsOf(name: string, own: readonly Attempt[], ends: readonly Outcome[], stage?: string): WorkflowFacts {
  const row = rowOf(own, []);
  const stages = [...new Set(own.map((attempt) => attempt.stage ?? ''))];
  const endsOfRuns = ends.filter((end) => own.some((attempt) => attempt.run === end.run));
  const count = (kind: Outcome['outcome']) => endsOfRuns.filter((end) => end.outcome === kind).length;
  return {
    tree: {
      kind: 'workflow',
      name,
      lines: [],
      counts: countsOf(own),
      children: stages.map((each) =>
        stageNode(
          each,
          own.filter((attempt) => (attempt.stage ?? '') === each),
          each === stage,
        ),
      ),
    },
    runs: row.runs,
    interactions: row.interactions,
    calls: row.calls,
    attempts: row.attempts,
    outcomes: {
      success: count('success'),
      escalated: count('escalated'),
      abandoned: count('abandoned'),
      failed: count('failed'),
    },
    runsOpen: row.runs - new Set(endsOfRuns.map((end) => end.run)).size,
    value: sumUsd(endsOfRuns.map((end) => end.value ?? zeroUsd)),
    humanMinutes: endsOfRuns.reduce((total, end) => total + (end.humanMinutes ?? 0), 0),
  };
}

function stageNode(name: string, own: readonly Attempt[], detailed: boolean): CostNode {
  const leaf = (kind: CostNode['kind'], label: string, of: readonly Attempt[]): CostNode => ({
    kind,
    name: label,
    lines: mergeLines(of.map((attempt) => attempt.lines)),
    counts: countsOf(of),
    children: [],
  });
  if (!detailed) return leaf('stage', name, own);
  const children = own.map((attempt) => leaf('call', attempt.callId, [attempt]));
  return { kind: 'stage', name, lines: [], counts: countsOf(own), children };
}

function countsOf(own: readonly Attempt[]): NodeCounts {
  const { runs, interactions, calls, attempts, unknownPriceAttempts, estimatedAttempts } = rowOf(own, []);
  return { runs, interactions, calls, attempts, unknownPriceAttempts, estimatedAttempts };
}
