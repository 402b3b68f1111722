/** A month of the real traces through a support product, and what changes of it save. Fails where the traces are missing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom, systemClock } from '../../src/base/index.ts';
import { type Config, parseConfig } from '../../src/config/index.ts';
import { readCostStack } from '../../src/economics/index.ts';
import { groupBy } from '../../src/economics/sampling/group-by.ts';
import { openDuckDbLedger } from '../../src/ledger/duckdb/index.ts';
import type { Dimension, Ledger } from '../../src/ledger/index.ts';
import { subtractUsd, sumUsd, toDecimal, type Usd, usd, zeroUsd } from '../../src/money/index.ts';
import { readTrace, type TraceRecord } from '../../src/pilot/index.ts';
import { type AdvisedChange, adviceVerbs } from '../cases/accept-advice.ts';
import { type ApiRig, openApiRig } from '../cases/api-over-ledger.ts';
import { expectOneTotal, expectWeeklyReview, type ReportRange } from '../cases/every-report.ts';
import { shuffledLabels } from '../cases/shuffled-labels.ts';
import {
  keepRows,
  type ProductRows,
  productRows,
  productRuns,
  supportFile,
  type Traffic,
} from '../cases/support-product.ts';
import { repository } from '../e2e/stack.ts';

const workloads = join(repository, '..', 'shared', 'workloads');
const dayMs = 86_400_000;
/** Mondays of March 2026 in Berlin, whose clocks change on the 29th, and the day after the month. */
const mondays = [
  '2026-03-02T00:00+01:00',
  '2026-03-09T00:00+01:00',
  '2026-03-16T00:00+01:00',
  '2026-03-23T00:00+01:00',
];
const moments = [...mondays, '2026-03-30T00:00+02:00', '2026-04-01T00:00+02:00'].map((text) => Date.parse(text));
const startMs = moments[0] as number;
const month = { fromMs: startMs, toMs: moments.at(-1) as number };
const config = parseConfig(supportFile, { file: 'burnrate.yaml', environment: {} });
const workflows = ['support-assistant', 'quick-answers'];

async function traceOf(name: string): Promise<TraceRecord[]> {
  const found: TraceRecord[] = [];
  const { records } = await readTrace(join(workloads, name), 'auto', { bytesRead: 0, bytesTotal: 1 });
  for await (const record of records) found.push(record);
  const first = Math.min(...found.map(({ atMs }) => atMs));
  return found.map((record) => ({ ...record, atMs: record.atMs - first })).sort((a, b) => a.atMs - b.atMs);
}

/** The week of conversations again and again, and the hour of questions once, spread over the whole month. */
async function monthOfTraffic(): Promise<TraceRecord[]> {
  const [week, hour] = await Promise.all([traceOf('ragpulse.jsonl'), traceOf('azure-conversation-2023.csv')]);
  const lengthMs = month.toMs - month.fromMs;
  const weeks = [0, 1, 2, 3, 4].flatMap((number) =>
    week.map((record) => ({ ...record, atMs: record.atMs + number * 7 * dayMs })),
  );
  const stretch = lengthMs / ((hour.at(-1)?.atMs ?? 1) + 1);
  const spread = hour.map((record) => ({ ...record, atMs: Math.floor(record.atMs * stretch) }));
  const all = [...weeks, ...spread].filter(({ atMs }) => atMs < lengthMs - 3_600_000);
  return all.sort((a, b) => a.atMs - b.atMs);
}

const folders: string[] = [];
const open: { close(): Promise<void> }[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'economics-'));
  folders.push(made);
  return made;
}

async function openLedger(rows: Iterable<ProductRows>) {
  const ledger = await openDuckDbLedger({ file: join(folder(), 'ledger.duckdb'), clock: systemClock });
  open.push(ledger);
  return { ledger, kept: await keepRows(ledger, rows, 'j') };
}

afterAll(async () => {
  for (const each of open.reverse()) await each.close();
  for (const each of folders) rmSync(each, { recursive: true });
});

describe('a month of traffic', () => {
  let records: TraceRecord[];
  let ledger: Ledger;
  let kept: { readonly attempts: number; readonly outcomes: number };
  let rig: ApiRig;
  const trafficOf = (some: readonly TraceRecord[]): Traffic => ({
    ...{ records: some, startMs, seed: 1, config, outcomeEvery: 40 },
  });
  beforeAll(async () => {
    records = await monthOfTraffic();
    ({ ledger, kept } = await openLedger(productRuns(trafficOf(records))));
    rig = await openApiRig({ ledger, config, startMs: month.toMs });
    open.push(rig);
  }, 900_000);

  test('every report sums to the same total, to the picodollar', async () => {
    expect(kept.attempts).toBeGreaterThan(120_000);
    const { full, calls } = await expectOneTotal(rig, month, workflows);
    const whole = await readCostStack(ledger, { range: month, by: ['team'], timeZone: config.timeZone }, config);
    console.log({ runs: records.length, attempts: kept.attempts, full, calls });
    for (const line of whole.lines) expect(sumUsd(line.parts)).toEqual(line.cost);
    expect(new Set(whole.lines.map(({ line }) => line))).toEqual(
      new Set(
        [
          ...[
            'inference',
            'retries',
            'guardrails',
            'retrieval',
            'services',
            'infrastructure',
            'capacity',
            'observability',
          ],
          ...['human', 'compliance', 'maintenance', 'operationalDebt', 'switching'],
        ].filter((name) => name !== 'guardrails'),
      ),
    );
  });

  test('its weeks are reviewed at what they cost, and add up to the month', async () => {
    const weeks: string[] = [];
    for (const [index, fromMs] of moments.slice(0, 4).entries()) {
      const day = new Date(fromMs + 2 * dayMs).toISOString().slice(0, 10);
      weeks.push(await expectWeeklyReview(rig, { fromMs, toMs: moments[index + 1] as number }, day));
    }
    const of = async (range: ReportRange) =>
      toDecimal((await readCostStack(ledger, { range, by: [], timeZone: config.timeZone }, config)).total);
    const rest = await of({ fromMs: moments[4] as number, toMs: month.toMs });
    // Each range rounds what it prices to the picodollar by itself.
    const sum = sumUsd([...weeks, rest].map((amount) => usd(amount)));
    const off = subtractUsd(sum, usd(await of(month))).picos;
    expect(Math.abs(Number(off))).toBeLessThan(1_000);
  });

  test('other labels on the same calls keep the total and change who bears it', async () => {
    const days = { fromMs: startMs, toMs: startMs + 4 * dayMs };
    const part = productRows(trafficOf(records.filter(({ atMs }) => atMs < 4 * dayMs - 60_000)));
    const [{ ledger: same }, { ledger: other }] = [
      await openLedger([part]),
      await openLedger([shuffledLabels(part, 7)]),
    ];
    const borne = async (of: Ledger, by: Dimension) => {
      const stack = await readCostStack(of, { range: days, by: [by], timeZone: config.timeZone }, config);
      const groups = stack.groups.map(({ dimensions, total }) => [dimensions[by], toDecimal(total)]);
      return { total: toDecimal(stack.total), groups };
    };
    for (const by of ['team', 'customer', 'plan', 'promptVersion'] as const) {
      const [before, after] = await Promise.all([borne(same, by), borne(other, by)]);
      expect(after.total).toBe(before.total);
      expect(after.groups).not.toEqual(before.groups);
    }
  });
});

/** What a stage's calls cost. */
function costOfStage(runs: Iterable<ProductRows>, { workflow, stage }: typeof advisedStage): Usd {
  const costs: Usd[] = [];
  for (const { attempts } of runs) {
    const own = attempts.filter((attempt) => attempt.workflow === workflow && attempt.stage === stage);
    costs.push(...own.map(({ cost }) => cost ?? zeroUsd));
  }
  return sumUsd(costs);
}

interface Adviser {
  readonly rig: ApiRig;
  readonly range: ReportRange;
}

/** Asks what would save, accepts it, and gives the file as it then is. */
async function accepted({ rig, range }: Adviser, lever: string): Promise<Accepted | null> {
  const file = join(folder(), 'burnrate.yaml');
  writeFileSync(file, supportFile);
  const verbs = adviceVerbs(rig, file, range);
  const advised = (await verbs.list()).find((each) => each.lever === lever && each.stage === advisedStage.stage);
  if (!advised) return null;
  const { diff, written } = await verbs.accept(advised.id);
  expect([written, diff.split('\n').filter((line) => /^[-+] /.test(line)).length]).toEqual([true, 2]);
  const text = readFileSync(file, 'utf8');
  expect(text.split('\n').filter((line, index) => line !== supportFile.split('\n')[index])).toHaveLength(1);
  expect(text).toContain('# asked by everybody');
  return { advised, after: parseConfig(text, { file, environment: {} }) };
}

interface Accepted {
  readonly advised: AdvisedChange;
  readonly after: Config;
}

async function adviser(records: readonly TraceRecord[], days: number): Promise<Adviser> {
  const { ledger } = await openLedger(productRuns({ records, startMs, seed: 2, config, outcomeEvery: 50 }));
  const rig = await openApiRig({ ledger, config, startMs: startMs + days * dayMs });
  open.push(rig);
  return { rig, range: { fromMs: startMs, toMs: startMs + days * dayMs } };
}

interface Followed {
  readonly records: readonly TraceRecord[];
  readonly seed: number;
  /** What the advised stage costs when nothing is changed. */
  readonly unchanged: Usd;
}

const advisedStage = { workflow: 'support-assistant', stage: 'answer' };

function followed(records: readonly TraceRecord[], seed: number): Followed {
  return { records, seed, unchanged: costAfter(records, seed, config) };
}

function costAfter(records: readonly TraceRecord[], seed: number, under: Config): Usd {
  return costOfStage(productRuns({ records, startMs, seed, config: under, outcomeEvery: 1_000_000 }), advisedStage);
}

/** The same traffic under the file as it was and as it is after the change. */
function realised({ records, seed, unchanged }: Followed, after: Config) {
  const saved = subtractUsd(unchanged, costAfter(records, seed, after));
  return { saved, share: Number(saved.picos) / Number(unchanged.picos) };
}

function within({ saved, share }: ReturnType<typeof realised>, { evidence }: AdvisedChange) {
  const [low, high] = [usd(evidence.lowUsd).picos, usd(evidence.highUsd).picos];
  return {
    dollars: low <= saved.picos && saved.picos <= high,
    share: evidence.share.low <= share && share <= evidence.share.high,
  };
}

/** Another week of the same product: days drawn from the recorded ones, and from each its sessions. */
function anotherWeek(days: readonly (readonly TraceRecord[])[], seed: number): TraceRecord[] {
  const random = seededRandom(seed);
  const pick = <T>(items: readonly T[]) => items[Math.floor(random.next() * items.length)] as T;
  const drawn = days.flatMap((_, place) => {
    const day = pick(days);
    const sessions = [...groupBy(day, ({ session }) => session).values()];
    return sessions.flatMap((_session, index) =>
      pick(sessions).map((record) => ({
        ...record,
        atMs: (record.atMs % dayMs) + place * dayMs,
        session: `${record.session}_${place}_${index}`,
      })),
    );
  });
  return drawn.sort((a, b) => a.atMs - b.atMs);
}

const shown = ({ evidence: { savingUsd, lowUsd, highUsd, share } }: AdvisedChange) => ({
  savingUsd,
  lowUsd,
  highUsd,
  share,
});

const levers = ['switch', 'shorten', 'trim'] as const;
const weeksTried = 3;

describe('advice that is accepted', () => {
  let week: TraceRecord[];
  beforeAll(async () => {
    week = await traceOf('ragpulse.jsonl');
  });

  test('saves in the weeks that follow what it said it would', async () => {
    const from = await adviser(
      week.filter(({ atMs }) => atMs < 7 * dayMs),
      7,
    );
    const days = [0, 1, 2, 3, 4, 5, 6].map((day) => week.filter(({ atMs }) => Math.floor(atMs / dayMs) === day));
    const weeks = Array.from({ length: weeksTried }, (_, index) =>
      followed(anotherWeek(days, 100 + index), 200 + index),
    );
    for (const lever of levers) {
      const { advised, after } = (await accepted(from, lever)) as Accepted;
      const results = weeks.map((each) => realised(each, after));
      console.log(
        lever,
        shown(advised),
        results.map(({ saved, share }) => [toDecimal(saved), share]),
      );
      for (const result of results) expect([lever, within(result, advised).dollars]).toEqual([lever, true]);
    }
  });

  test('saves in the three days that really followed what it said after the first three', async () => {
    const from = await adviser(
      week.filter(({ atMs }) => atMs < 3 * dayMs),
      3,
    );
    const later = week.filter(({ atMs }) => atMs >= 3 * dayMs && atMs < 6 * dayMs);
    const next = followed(
      later.map((record) => ({ ...record, atMs: record.atMs - 3 * dayMs })),
      300,
    );
    let told = 0;
    for (const lever of levers) {
      // What three days do not make sure of is not advised.
      const change = await accepted(from, lever);
      if (!change) continue;
      told += 1;
      const result = realised(next, change.after);
      console.log(lever, shown(change.advised), toDecimal(result.saved), result.share);
      expect([lever, within(result, change.advised)]).toEqual([lever, { dollars: true, share: true }]);
    }
    expect(told).toBeGreaterThanOrEqual(2);
  });
});
