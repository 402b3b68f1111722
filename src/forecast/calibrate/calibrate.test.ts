import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { anAttempt } from '../../../test/fakes/attempt.ts';
import { type Random, seededRandom } from '../../base/index.ts';
import { editConfig, parseConfig } from '../../config/index.ts';
import { forecastSeries } from '../series/index.ts';
import { type CalibrationRow, rowOfAttempts } from './calibration-row.ts';
import { meanEstimate, quantileEstimate, shareEstimate } from './confidence.ts';
import { measure } from './measure.ts';
import { proposeEdits } from './propose-edits.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.UTC(2026, 0, 5);

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** Calls of a product by day, busy at noon, whose parameters are known. */
function calls(days: number, perDay: number, seed = 1): CalibrationRow[] {
  const random = seededRandom(seed);
  const rows: CalibrationRow[] = [];
  for (let session = 0; rows.length < days * perDay; session++) {
    const day = Math.floor((rows.length / (days * perDay)) * days);
    const hour = Math.min(23.9, Math.max(0, 12 + 3 * normal(random)));
    let atMs = startMs + day * dayMs + hour * hourMs;
    const depth = random.next() < 0.6 ? 1 : 3;
    for (let turn = 0; turn < depth; turn++) {
      const again = turn > 0 && random.next() < 0.5;
      atMs += turn === 0 ? 0 : again ? 10_000 : 90_000;
      rows.push(callAt(atMs, random, { session: `s${session}`, history: 200 * turn }));
    }
  }
  return rows;
}

function callAt(
  atMs: number,
  random: Random,
  { session, history }: { session: string; history: number },
): CalibrationRow {
  const question = Math.round(100 * Math.exp(0.5 * normal(random)));
  return {
    atMs,
    inputTokens: 600 + history + question,
    outputTokens: Math.round(300 * Math.exp(0.6 * normal(random))),
    parts: { system: 600, history, question },
    session,
    segment: random.next() < 0.8 ? 'happy' : 'edge',
    stage: 'answer',
    attempts: random.next() < 0.05 ? ['timeout', null] : [null],
    latencyMs: 2_000,
  };
}

describe('intervals', () => {
  test('of a quantile are order statistics that hold it in about 95 of 100 samples', () => {
    const random = seededRandom(6);
    let held = 0;
    for (let sample = 0; sample < 400; sample++) {
      const { low, high } = quantileEstimate(Float64Array.from({ length: 200 }, () => random.next()).sort(), 0.9);
      if (low <= 0.9 && high >= 0.9) held++;
    }
    expect(held / 400).toBeGreaterThan(0.92);
    expect(held / 400).toBeLessThan(0.985);
  });

  test('of a quantile of one value are that value', () =>
    expect(quantileEstimate(Float64Array.from([7]), 0.99)).toEqual({ value: 7, low: 7, high: 7 }));

  test.each([
    // Wilson's interval for 10 of 100 is 0.0552 to 0.1744.
    [10, 100, 0.1, 0.0552, 0.1744],
    [0, 50, 0, 0, 0.0713],
    [50, 50, 1, 0.9287, 1],
    [0, 0, 0, 0, 1],
  ])('of a share, %d of %d', (hits, of, value, low, high) => {
    const share = shareEstimate(hits, of);
    expect(share.value).toBe(value);
    expect(share.low).toBeCloseTo(low, 4);
    expect(share.high).toBeCloseTo(high, 4);
  });

  test('of a mean of one value have no end', () =>
    expect(meanEstimate(Float64Array.from([3])).high).toBe(Number.POSITIVE_INFINITY));
});

const peakOf = (shape: readonly number[] | null): number => shape?.indexOf(Math.max(...shape)) ?? -1;

describe('what is measured', () => {
  const measures = measure(calls(5, 600));

  test('holds the true parameters in its intervals', () => {
    const within = (estimate: { low: number; high: number } | undefined, truth: number): void => {
      expect(estimate?.low).toBeLessThanOrEqual(truth);
      expect(estimate?.high).toBeGreaterThanOrEqual(truth);
    };
    within(measures.output.p50, 300);
    within(measures.output.p90, 300 * Math.exp(0.6 * 1.2816));
    within(measures.inputByPart.system?.p50, 600);
    within(measures.inputByPart.question?.p50, 100);
    within(measures.segments.happy, 0.8);
    within(measures.attempts?.retriesPerCall, 0.05);
    within(measures.sessions?.depthShares['1'], 0.6);
    // Of 1.8 calls a session 0.4 follow within half a minute: 0.4 for each 1.4 others.
    within(measures.sessions?.regenerationsPerInteraction, 0.4 / 1.4);
    within(measures.attempts?.failures.timeout, 0.05 / 1.05);
  });

  test('shows the shape of a day and nothing of a week in five days', () => {
    const { hourOfDay, dayOfWeek, peakFactor } = measures.arrivals;
    expect(hourOfDay?.indexOf(Math.max(...(hourOfDay ?? [])))).toBeGreaterThanOrEqual(11);
    expect(hourOfDay?.indexOf(Math.max(...(hourOfDay ?? [])))).toBeLessThanOrEqual(12);
    expect(hourOfDay?.reduce((sum, factor) => sum + factor, 0)).toBeCloseTo(24, 9);
    expect(dayOfWeek).toBeNull();
    expect(peakFactor).toBeGreaterThan(2);
  });

  test.each([
    ['Europe/Berlin', 1],
    ['Asia/Kolkata', 5.5],
    ['America/New_York', -5],
  ])('clock hours are those of %s', (timeZone, hoursFromUtc) => {
    const inUtc = peakOf(measures.arrivals.hourOfDay);
    const shown = peakOf(measure(calls(5, 600), { timeZone }).arrivals.hourOfDay);
    const ahead = (shown - inUtc + 24) % 24;
    expect(Math.abs(ahead - ((hoursFromUtc + 24) % 24))).toBeLessThanOrEqual(1);
  });

  test('clock hours keep to the clock when it is moved', () => {
    // Calls at noon of Berlin, each day over the night to summer time of 2026 and as long after it.
    const noon = (day: number): number => Date.UTC(2026, 2, 22 + day, day < 7 ? 11 : 10, 30);
    const random = seededRandom(5);
    const rows = Array.from({ length: 14 * 20 }, (_, i) =>
      callAt(noon(Math.floor(i / 20)) + i, random, { session: `s${i}`, history: 0 }),
    );
    const { hourOfDay } = measure(rows, { timeZone: 'Europe/Berlin' }).arrivals;
    expect(hourOfDay?.[12]).toBeCloseTo(24, 6);
  });

  test('weekdays are told from three weeks on a calendar, Monday first', () => {
    const weekend = (row: CalibrationRow): boolean => Math.floor((row.atMs - startMs) / dayMs) % 7 >= 5;
    const rows = calls(21, 200).filter((row, index) => !weekend(row) || index % 4 === 0);
    const shape = measure(rows).arrivals.dayOfWeek;
    expect(shape?.slice(0, 5).every((factor) => factor > 1)).toBe(true);
    expect(shape?.slice(5).every((factor) => factor < 0.5)).toBe(true);
  });

  test('a record of minutes is scaled up to a day, with the chance of its count', () => {
    const random = seededRandom(2);
    const rows = Array.from({ length: 600 }, (_, i) =>
      callAt(startMs + i * 1_000, random, { session: `s${i}`, history: 0 }),
    );
    const { callsPerDay, hourOfDay } = measure(rows).arrivals;
    expect(callsPerDay.low).toBeLessThan(86_400);
    expect(callsPerDay.high).toBeGreaterThan(86_400);
    expect(hourOfDay).toBeNull();
  });

  test('too few calls are refused', () => expect(() => measure(calls(1, 20))).toThrow(/at least 30/));

  test('volume measured on eight days forecasts the ninth and tenth', () => {
    const rows = calls(10, 400, 3);
    const [known, after] = [
      rows.filter(({ atMs }) => atMs < startMs + 8 * dayMs),
      rows.filter(({ atMs }) => atMs >= startMs + 8 * dayMs),
    ];
    const requests = measure(known).hourly.find(({ name }) => name === 'requests')!;
    const padded = {
      ...requests,
      values: Float64Array.from(
        { length: 192 - Math.round((requests.startMs - startMs) / hourMs) },
        (_, i) => requests.values[i] ?? 0,
      ),
    };
    const { total } = forecastSeries(padded, { horizon: 48 });
    expect(after.length).toBeGreaterThan(total!.low80);
    expect(after.length).toBeLessThan(total!.high80);
  });
});

test('a call in the ledger becomes a row: the tokens of its last attempt, the failures of all', () => {
  const first = anAttempt({
    attemptId: 'a1',
    attemptNumber: 1,
    failure: 'timeout',
    startedAtMs: 1_000,
    durationMs: 500,
    usage: {},
  });
  const last = anAttempt({
    attemptId: 'a2',
    attemptNumber: 2,
    failure: null,
    startedAtMs: 2_000,
    durationMs: 700,
    usage: { input: 90, cacheRead: 10, output: 5, reasoning: 2 },
  });
  expect(rowOfAttempts([first, last])).toMatchObject({
    atMs: 1_000,
    inputTokens: 100,
    outputTokens: 7,
    attempts: ['timeout', null],
    latencyMs: 1_700,
  });
});

describe('the change of the file', () => {
  const text = (traffic: string): string => `version: 1
workflows:
  support:                       # what people ask
    traffic: ${traffic}
    stages:
      answer:
        model: openai/gpt-5-mini
        input: { system: 500, question: "20 to 200" }   # parts
        output: "150 to 600"     # a belief
`;
  const proposalFor = (file: string, rows: readonly CalibrationRow[] = calls(5, 600)) => {
    const config = parseConfig(file, { file: 'burnrate.yaml', environment: {} });
    return proposeEdits(config, { workflow: 'support', stage: 'answer' }, measure(rows));
  };
  const applied = (file: string, rows?: readonly CalibrationRow[]): string =>
    editConfig(
      file,
      proposalFor(file, rows).changes.map(({ edit }) => edit),
    );

  test('says what was measured, keeps comments, and loads', () => {
    const edited = applied(text('{ runsPerDay: 100 }'));
    expect(edited).toContain('# what people ask');
    expect(edited).toContain('# a belief');
    const { traffic, stages } = parse(edited).workflows.support;
    expect(stages.answer.input.system).toBe(600);
    expect(stages.answer.output.p50).toBeGreaterThan(280);
    expect(stages.answer.output.p50).toBeLessThan(320);
    expect(stages.answer.failures.timeout).toBeCloseTo(0.048, 1);
    expect(traffic.seasonality.hourOfDay).toHaveLength(24);
    expect(traffic.runsPerDay).toMatch(/^59\d to 60\d$/);
    expect(() => parseConfig(edited, { file: 'burnrate.yaml', environment: {} })).not.toThrow();
  });

  test('leaves users alone, whom no record tells, and says so', () => {
    const proposal = proposalFor(text('{ users: 1000, sessionsPerUserPerDay: 0.5 }'));
    expect(proposal.changes.some(({ edit }) => edit.path.includes('runsPerDay'))).toBe(false);
    expect(proposal.notes.join('\n')).toContain('the file counts users');
  });

  test('every change says how many observations it rests on', () => {
    const { changes } = proposalFor(text('{ runsPerDay: 100 }'));
    expect(changes.length).toBeGreaterThan(6);
    for (const { count, evidence } of changes) {
      expect(count).toBeGreaterThan(0);
      expect(evidence).not.toBe('');
    }
  });

  test('from few calls there is no 99th percentile', () => {
    const { output } = parse(applied(text('{ runsPerDay: 100 }'), calls(1, 100))).workflows.support.stages.answer;
    expect(Object.keys(output)).toEqual(['p50', 'p90']);
  });

  test('applied twice it changes nothing more', () => {
    const once = applied(text('{ runsPerDay: 100 }'));
    expect(applied(once)).toBe(once);
  });

  test('a stage the file does not have gets a note', () => {
    const config = parseConfig(text('{ runsPerDay: 100 }'), { file: 'burnrate.yaml', environment: {} });
    const proposal = proposeEdits(config, { workflow: 'support', stage: 'elsewhere' }, measure(calls(1, 100)));
    expect(proposal).toEqual({ changes: [], notes: ['the file has no stage support.elsewhere'] });
  });
});
