import type { LineKind } from '../../tree/index.ts';
import { type Columns, read } from '../model/number.ts';
import type { TieredRates } from '../model/rates.ts';
import type { StageModel } from '../model/stage-model.ts';

/** What holds for one trial and one segment while its stages are added up. */
export interface Situation {
  trial: number;
  columns: Columns;
  /** Share of the runs that are this segment's. */
  weight: number;
  /** Turns of a session, and whether their number falls off geometrically. */
  turns: number;
  geometric: boolean;
  inputFactor: number;
  outputFactor: number;
  failureFactor: number;
  retryFactor: number;
  cacheFactor: number;
  priceFactor: number;
}

/** One line of one stage: mean dollars per run, by trial. */
export interface StageLine {
  readonly stage: number;
  readonly line: LineKind;
  /** Whether a change of list prices moves it. */
  readonly listed: boolean;
  /** Whether a budget would count it: it is billed by a provider. */
  readonly metered: boolean;
  readonly provider: string;
  readonly model: string;
  readonly usdPerRun: Float64Array;
}

/** Means per run, by trial. */
export interface RunCounts {
  readonly calls: Float64Array;
  readonly attempts: Float64Array;
  readonly inputTokens: Float64Array;
  readonly outputTokens: Float64Array;
  readonly serviceCalls: Float64Array;
  readonly humanMinutes: Float64Array;
  /** Share of runs in which a call failed for good. */
  readonly failed: Float64Array;
  /** Retrieval tokens, and all input tokens they are part of. */
  readonly retrievalTokens: Float64Array;
  readonly firstInputTokens: Float64Array;
  /** Sum over the stages of visits × cost², for the spread from run to run. */
  readonly squares: Float64Array;
}

export function runCounts(trials: number): RunCounts {
  const make = (): Float64Array => new Float64Array(trials);
  return {
    calls: make(),
    attempts: make(),
    inputTokens: make(),
    outputTokens: make(),
    serviceCalls: make(),
    humanMinutes: make(),
    failed: make(),
    retrievalTokens: make(),
    firstInputTokens: make(),
    squares: make(),
  };
}

/** Adds one stage's costs and counts for one trial and segment. */
export type StageKernel = (visits: number, at: Situation) => void;

export interface KernelContext {
  readonly rates: readonly TieredRates[];
  readonly counts: RunCounts;
  readonly trials: number;
  /** Makes a line, or finds the one there is. */
  line(stage: number, line: LineKind, source: Omit<StageLine, 'stage' | 'line' | 'usdPerRun'>): Float64Array;
}

/** The source of lines that no provider bills. */
export const unbilled = { listed: false, metered: false, provider: '', model: '' };
export const minutesPerHour = 60;

export function add(array: Float64Array, index: number, amount: number): void {
  array[index] = (array[index] as number) + amount;
}

export const callsOf = (stage: StageModel, { columns, trial }: Situation): number =>
  read(stage.calls, columns, trial) * read(stage.fanOut, columns, trial);
