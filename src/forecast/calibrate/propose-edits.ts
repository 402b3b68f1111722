import type { Config, ConfigEdit, Stage, Workflow } from '../../config/index.ts';
import type { Estimate } from './confidence.ts';
import type { Measures, Spread } from './measure.ts';

/** One change of the file, with what it rests on. */
export interface ProposedChange {
  readonly edit: ConfigEdit;
  /** How many observations it rests on. */
  readonly count: number;
  /** What was measured, with its interval, in one line. */
  readonly evidence: string;
}

export interface Proposal {
  readonly changes: readonly ProposedChange[];
  /** What was measured but not written, and why. */
  readonly notes: readonly string[];
}

/** Observations a quantile must rest on; the 99th percentile needs more than its own rank. */
const quantilesFrom = 30;
const p99From = 300;
/** A part of a day says little of a day; a record that ends minutes before midnight covered it. */
const daysForVolume = 0.95;

export interface CalibrationTarget {
  readonly workflow: string;
  readonly stage: string;
}

/** The changes of `burnrate.yaml` that make a stage and its workflow's traffic say what was measured. */
export function proposeEdits(config: Config, target: CalibrationTarget, measures: Measures): Proposal {
  const workflow = config.workflows[target.workflow];
  const stage = workflow?.stages[target.stage];
  if (!workflow || !stage) return { changes: [], notes: [`the file has no stage ${target.workflow}.${target.stage}`] };
  const writer = new ProposalWriter(config);
  stageChanges(writer, ['workflows', target.workflow, 'stages', target.stage], stage, measures);
  trafficChanges(writer, ['workflows', target.workflow, 'traffic'], workflow, measures);
  return { changes: writer.changes, notes: writer.notes };
}

class ProposalWriter {
  readonly changes: ProposedChange[] = [];
  readonly notes: string[] = [];
  readonly #stated: ReadonlySet<string>;

  constructor(config: Config) {
    this.#stated = new Set(config.stated.map((path) => path.join('\n')));
  }

  /** A key whose parent the file does not have is written with its parent. */
  write(path: readonly string[], value: unknown, count: number, evidence: string): void {
    let at = path;
    let put = value;
    while (at.length > 1 && !this.#stated.has(at.slice(0, -1).join('\n'))) {
      put = { [at.at(-1) ?? '']: put };
      at = at.slice(0, -1);
    }
    for (let depth = 1; depth <= path.length; depth++) this.#state(path.slice(0, depth));
    this.changes.push({ edit: { path: at, value: put }, count, evidence });
  }

  #state(path: readonly string[]): void {
    (this.#stated as Set<string>).add(path.join('\n'));
  }

  note(text: string): void {
    this.notes.push(text);
  }
}

function stageChanges(writer: ProposalWriter, path: readonly string[], stage: Stage, measures: Measures): void {
  const parts = Object.entries(measures.inputByPart);
  if (parts.length > 0 && stage.input?.kind !== 'total') {
    for (const [part, spread] of parts) {
      if (part === 'history') noteHistory(writer, stage, spread);
      if (part !== 'history' || !growsWithTurns(stage)) writeSpread(writer, [...path, 'input', part], spread, 'tokens');
    }
  } else writeSpread(writer, [...path, 'input'], measures.input, 'tokens');
  writeSpread(writer, [...path, 'output'], measures.output, 'tokens');
  if (measures.latencyMs) writeSpread(writer, [...path, 'latency'], measures.latencyMs, 'ms', (ms) => `${ms}ms`);
  if (measures.attempts) failureChanges(writer, [...path, 'failures'], measures.attempts);
}

const growsWithTurns = (stage: Stage): boolean =>
  stage.input?.kind === 'parts' && stage.input.history !== undefined && 'perTurn' in stage.input.history;

function noteHistory(writer: ProposalWriter, stage: Stage, spread: Spread): void {
  if (growsWithTurns(stage)) {
    writer.note(`history grows by turns in the file and was left; measured p50 ${shown(spread.p50)} tokens in all`);
  }
}

const classKeys = {
  timeout: 'timeout',
  rate_limited: 'rateLimited',
  malformed: 'malformed',
  network: 'network',
} as const;

function failureChanges(
  writer: ProposalWriter,
  path: readonly string[],
  attempts: NonNullable<Measures['attempts']>,
): void {
  for (const [name, key] of Object.entries(classKeys)) {
    const share = attempts.failures[name as keyof typeof classKeys];
    if (share === undefined) continue;
    writer.write([...path, key], rounded(share.value), attempts.calls, `${shown(share)} of attempts`);
  }
  writer.note(`attempts beyond the first: ${shown(attempts.retriesPerCall)} a call over ${attempts.calls} calls`);
}

function trafficChanges(
  writer: ProposalWriter,
  path: readonly string[],
  { traffic }: Workflow,
  measures: Measures,
): void {
  const { sessions, arrivals } = measures;
  if (sessions) {
    writeSpread(writer, [...path, 'interactionsPerSession'], sessions.interactions, 'interactions');
    const { regenerationsPerInteraction: again } = sessions;
    const evidence = `${shown(again)} calls within 30 s of the one before, for each other call`;
    writer.write([...path, 'regenerationsPerInteraction'], rounded(again.value), measures.calls, evidence);
  }
  volumeChange(writer, path, traffic, measures);
  if (arrivals.hourOfDay !== null) {
    writer.write([...path, 'peakFactor'], rounded(arrivals.peakFactor), measures.calls, 'busiest hour over the mean');
  }
  const shapes = { hourOfDay: arrivals.hourOfDay, dayOfWeek: arrivals.dayOfWeek };
  for (const [name, shape] of Object.entries(shapes)) {
    if (shape === null) writer.note(`${name}: the record is too short, or has no calendar; nothing was written`);
    else writer.write([...path, 'seasonality', name], shape.map(rounded), measures.calls, 'calls over the mean');
  }
  for (const [name, share] of Object.entries(measures.segments)) {
    if (traffic?.segments[name] === undefined) writer.note(`segment ${name} (${shown(share)}) is not in the file`);
    else writer.note(`segment ${name}: ${shown(share)} of calls; shares in the file are of sessions and were left`);
  }
  writer.note(`calls a minute vary ${rounded(arrivals.dispersion)} times as much as chance alone would make them`);
}

/** How many come: runs a day where the file counts runs or says nothing; a file that counts users is left alone. */
function volumeChange(
  writer: ProposalWriter,
  path: readonly string[],
  traffic: Workflow['traffic'],
  measures: Measures,
): void {
  const { arrivals, sessions } = measures;
  const { value, low, high } = arrivals.callsPerDay;
  if (traffic?.users !== undefined) {
    const measured = sessions ? `${rounded(arrivals.sessionsPerDay ?? 0)} sessions` : `${rounded(value)} calls`;
    writer.note(`the file counts users, whom a record does not tell; it measured ${measured} a day`);
    return;
  }
  if (arrivals.days < daysForVolume) {
    writer.note(`runsPerDay: the record covers ${rounded(arrivals.days)} days, less than one; nothing was written`);
    return;
  }
  const range = low > 0 && high > low ? `${rounded(low)} to ${rounded(high)}` : rounded(value);
  writer.write([...path, 'runsPerDay'], range, measures.calls, `${shown(arrivals.callsPerDay)} calls a day`);
}

function writeSpread(
  writer: ProposalWriter,
  path: readonly string[],
  spread: Spread,
  unit: string,
  form: (value: number) => number | string = (value) => value,
): void {
  if (spread.count < quantilesFrom) {
    writer.note(`${path.slice(-2).join('.')}: only ${spread.count} observations; nothing was written`);
    return;
  }
  const [p50, p90, p99] = [spread.p50, spread.p90, spread.p99].map(({ value }) => rounded(value));
  const tail = spread.count >= p99From ? { p99: form(p99 ?? 0) } : {};
  const value =
    p50 === p90 && (p90 === p99 || spread.count < p99From)
      ? form(p50 ?? 0)
      : { p50: form(p50 ?? 0), p90: form(p90 ?? 0), ...tail };
  const evidence = `p50 ${shown(spread.p50)}, p90 ${shown(spread.p90)}, p99 ${shown(spread.p99)} ${unit}`;
  writer.write(path, value, spread.count, evidence);
}

const rounded = (value: number): number => Number(value.toPrecision(3));
const shown = ({ value, low, high }: Estimate): string => `${rounded(value)} (${rounded(low)} to ${rounded(high)})`;
