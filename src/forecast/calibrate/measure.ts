import { BurnrateError } from '../../base/index.ts';
import type { FailureClass } from '../../tree/index.ts';
import type { Series } from '../series/index.ts';
import { type CalibrationRow, type InputPart, inputParts } from './calibration-row.ts';
import { type Estimate, meanEstimate, quantileEstimate, shareEstimate } from './confidence.ts';
import { type ArrivalMeasures, hourlySeries, measureArrivals } from './measure-arrivals.ts';
import { measureSessions, type SessionMeasures } from './measure-sessions.ts';

/** Quantiles of a sample, each with its interval. */
export interface Spread {
  readonly count: number;
  readonly p50: Estimate;
  readonly p90: Estimate;
  readonly p99: Estimate;
}

export interface AttemptMeasures {
  readonly calls: number;
  /** Attempts over calls, minus 1. */
  readonly retriesPerCall: Estimate;
  /** Share of attempts that failed, by class. */
  readonly failures: Readonly<Partial<Record<FailureClass, Estimate>>>;
}

/** What recorded calls say about the parameters of a forecast. */
export interface Measures {
  readonly calls: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly input: Spread;
  readonly inputByPart: Readonly<Partial<Record<InputPart, Spread>>>;
  readonly output: Spread;
  readonly latencyMs: Spread | null;
  /** Null where the record tells nothing of attempts. */
  readonly attempts: AttemptMeasures | null;
  /** Null where no call names a session. */
  readonly sessions: SessionMeasures | null;
  readonly segments: Readonly<Record<string, Estimate>>;
  readonly arrivals: ArrivalMeasures;
  /** Requests and tokens by the hour, for forecasts of volume. */
  readonly hourly: readonly Series[];
}

/** Calls needed before anything is said. */
const callsMin = 30;

export interface MeasureOptions {
  /** IANA name of the zone whose hours and weekdays traffic is shaped by; UTC when absent. */
  readonly timeZone?: string;
}

/**
 * @throws BurnrateError CALIBRATION_TOO_FEW below thirty calls
 */
export function measure(rows: readonly CalibrationRow[], options: MeasureOptions = {}): Measures {
  if (rows.length < callsMin) {
    throw new BurnrateError('CALIBRATION_TOO_FEW', {
      message: `${rows.length} calls; at least ${callsMin} are needed to calibrate from`,
    });
  }
  const sorted = [...rows].sort((a, b) => a.atMs - b.atMs);
  const latencies = sorted.flatMap(({ latencyMs }) => latencyMs ?? []);
  return {
    calls: sorted.length,
    fromMs: sorted[0]?.atMs ?? 0,
    toMs: sorted.at(-1)?.atMs ?? 0,
    input: spreadOf(sorted.map(({ inputTokens }) => inputTokens)),
    inputByPart: byPart(sorted),
    output: spreadOf(sorted.map(({ outputTokens }) => outputTokens)),
    latencyMs: latencies.length < callsMin ? null : spreadOf(latencies),
    attempts: measureAttempts(sorted),
    sessions: measureSessions(sorted),
    segments: segmentShares(sorted),
    arrivals: measureArrivals(sorted, options.timeZone ?? 'UTC'),
    hourly: hourlySeries(sorted),
  };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  return {
    count: sorted.length,
    p50: quantileEstimate(sorted, 0.5),
    p90: quantileEstimate(sorted, 0.9),
    p99: quantileEstimate(sorted, 0.99),
  };
}

function byPart(rows: readonly CalibrationRow[]): Measures['inputByPart'] {
  const known = rows.flatMap(({ parts }) => parts ?? []);
  if (known.length < callsMin) return {};
  const measured = inputParts.map((part) => [part, known.map((parts) => parts[part] ?? 0)] as const);
  const present = measured.filter(([, tokens]) => tokens.some((each) => each > 0));
  return Object.fromEntries(present.map(([part, tokens]) => [part, spreadOf(tokens)]));
}

function measureAttempts(rows: readonly CalibrationRow[]): AttemptMeasures | null {
  const calls = rows.filter(({ attempts }) => attempts.length > 0);
  if (calls.length < callsMin) return null;
  const attempts = calls.flatMap((row) => row.attempts);
  const classes = [...new Set(attempts.flatMap((failure) => failure ?? []))].sort();
  return {
    calls: calls.length,
    retriesPerCall: meanEstimate(Float64Array.from(calls, (row) => row.attempts.length - 1)),
    failures: Object.fromEntries(
      classes.map((name) => [name, shareEstimate(attempts.filter((each) => each === name).length, attempts.length)]),
    ),
  };
}

function segmentShares(rows: readonly CalibrationRow[]): Readonly<Record<string, Estimate>> {
  const named = rows.flatMap(({ segment }) => segment ?? []);
  const names = [...new Set(named)].sort();
  return Object.fromEntries(
    names.map((name) => [name, shareEstimate(named.filter((each) => each === name).length, named.length)]),
  );
}
