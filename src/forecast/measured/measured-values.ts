import type { Config, Quantity } from '../../config/index.ts';
import type { PriceBook } from '../../pricing/index.ts';
import type { CalibrationRow } from '../calibrate/index.ts';
import { type CalibrationTarget, measure, proposeEdits } from '../calibrate/index.ts';
import { buildModel } from '../model/build-model.ts';
import type { Measured, ModelProblem } from '../model/number.ts';
import type { MeasuredNote } from '../report/report-types.ts';

/** A number of the file that is `measured`, as recorded calls give it. */
export interface MeasuredValue {
  readonly path: readonly string[];
  readonly quantity: Exclude<Quantity, { kind: 'measured' }>;
  /** How many observations it rests on. */
  readonly count: number;
  /** What was seen, with its interval, in one line. */
  readonly evidence: string;
}

/** A number of the file that is `measured` and of which too little is known, and why. */
export interface MissingMeasure {
  readonly path: readonly string[];
  readonly why: string;
}

export interface MeasuredValues {
  readonly values: readonly MeasuredValue[];
  readonly missing: readonly MissingMeasure[];
}

/** Calls of one stage as they are recorded. */
export interface StageRecord {
  readonly rows: readonly CalibrationRow[];
  /** True when the emulator answered one of them. */
  readonly simulated: boolean;
}

export type RecordOfStage = (target: CalibrationTarget) => Promise<StageRecord>;

/** Calls needed before anything is said of a stage. */
const callsMin = 30;

/** Every number a forecast of this file would take from the ledger. @param atMs now */
export function measuredPaths(config: Config, book: PriceBook, atMs: number): (readonly string[])[] {
  const asked = new Map<string, readonly string[]>();
  buildModel(config, book, atMs, {
    months: 1,
    measured: (path) => {
      asked.set(path.join('.'), path);
      return null;
    },
  });
  return [...asked.values()];
}

/** What recorded calls say of the numbers at `paths`; stages are asked for once each. */
export async function readMeasured(
  config: Config,
  paths: readonly (readonly string[])[],
  recordOf: RecordOfStage,
): Promise<MeasuredValues> {
  const values: MeasuredValue[] = [];
  const missing: MissingMeasure[] = [];
  const known = new Map<string, Promise<StageMeasures>>();
  for (const path of paths) {
    const target = targetOf(config, path);
    if (target === null) {
      missing.push({ path, why: 'calls do not tell it' });
      continue;
    }
    const key = `${target.workflow}\n${target.stage}`;
    const measures = known.get(key) ?? measuresOf(config, target, recordOf);
    known.set(key, measures);
    const { found, why } = await measures;
    const value = found.get(path.join('.'));
    if (value) values.push(value);
    else missing.push({ path, why });
  }
  return { values, missing };
}

interface StageMeasures {
  readonly found: ReadonlyMap<string, MeasuredValue>;
  readonly why: string;
}

async function measuresOf(config: Config, target: CalibrationTarget, recordOf: RecordOfStage): Promise<StageMeasures> {
  const { rows, simulated } = await recordOf(target);
  const place = `${target.workflow}.${target.stage}`;
  if (rows.length < callsMin) {
    const why = `${rows.length} calls of ${place} are recorded, at least ${callsMin} are needed`;
    return { found: new Map(), why };
  }
  const { changes } = proposeEdits(config, target, measure(rows, { timeZone: config.timeZone }));
  const found = changes.flatMap(({ edit, count, evidence: seen }): [string, MeasuredValue][] => {
    const evidence = simulated ? `${seen}; SIMULATED data is included` : seen;
    const quantity = 'value' in edit ? quantityOf(edit.value) : null;
    return quantity ? [[edit.path.join('.'), { path: edit.path.map(String), quantity, count, evidence }]] : [];
  });
  return { found: new Map(found), why: `the ${rows.length} calls of ${place} do not tell it` };
}

/** The stage whose calls tell of a path; a workflow's traffic is counted where its runs begin. */
function targetOf(config: Config, path: readonly string[]): CalibrationTarget | null {
  const [section, name = '', part, stage = ''] = path;
  const workflow = section === 'workflows' ? config.workflows[name] : undefined;
  if (!workflow) return null;
  if (part === 'stages') return { workflow: name, stage };
  if (part !== 'traffic') return null;
  const models = Object.keys(workflow.stages).filter((each) => workflow.stages[each]?.work.kind === 'model');
  const first = models.includes(workflow.start) ? workflow.start : models[0];
  return first === undefined ? null : { workflow: name, stage: first };
}

const rangePattern = /^(\S+) to (\S+)$/;

/** What calibration would write, as a number of the model: durations in ms. */
function quantityOf(value: unknown): MeasuredValue['quantity'] | null {
  if (typeof value === 'number') return { kind: 'value', value };
  if (typeof value === 'string') return ofText(value);
  if (typeof value !== 'object' || value === null || !('p50' in value)) return null;
  const { p50, p90, p99 } = value as { p50: number | string; p90?: number | string; p99?: number | string };
  return {
    kind: 'quantiles',
    p50: plain(p50),
    ...(p90 === undefined ? {} : { p90: plain(p90) }),
    ...(p99 === undefined ? {} : { p99: plain(p99) }),
  };
}

function ofText(text: string): MeasuredValue['quantity'] | null {
  const [, low, high] = rangePattern.exec(text) ?? [];
  if (low === undefined || high === undefined)
    return Number.isFinite(plain(text)) ? { kind: 'value', value: plain(text) } : null;
  return { kind: 'range', low: plain(low), high: plain(high), shape: plain(low) > 0 ? 'lognormal' : 'normal' };
}

const plain = (value: number | string): number =>
  typeof value === 'number' ? value : Number(value.replace(/ms$/, ''));

/** A number that was to be measured says why it could not be. */
export function explainMissing(problems: readonly ModelProblem[], missing: readonly MissingMeasure[]): ModelProblem[] {
  const whys = new Map(missing.map(({ path, why }) => [path.join('.'), why]));
  return problems.map((problem) => {
    const why = whys.get(problem.path.join('.'));
    return why === undefined ? problem : { ...problem, message: `${problem.message} (${why})` };
  });
}

/** What a report says of them. */
export function measuredNotes(values: readonly MeasuredValue[]): MeasuredNote[] {
  return values.map(({ path, count, evidence }) => ({ path: path.join('.'), count, evidence }));
}

/** Values by path, as the model asks for them. */
export function measuredLookup(values: readonly MeasuredValue[]): Measured {
  const byPath = new Map(values.map(({ path, quantity }) => [path.join('.'), quantity]));
  return (path) => byPath.get(path.join('.')) ?? null;
}
