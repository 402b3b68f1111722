import type { LineKind } from '../../tree/index.ts';
import type { ChangeModel } from '../model/changes.ts';
import type { SampleStore } from './sample-store.ts';
import type { Stats } from './statistics.ts';
import type { WorkflowSample } from './workflow-sample.ts';

/** Sampling noise: standard normals for volume and cost, `[workflow][month]`, shared by every scenario. */
export interface Noise {
  volume(workflow: number, month: number): Float64Array;
  cost(workflow: number, month: number): Float64Array;
}

export interface MonthRun {
  readonly total: Stats;
  /** By index of `lineKinds`. */
  readonly lines: readonly (Stats | null)[];
  /** By index of the run's nodes. */
  readonly nodes: readonly (Stats | null)[];
  readonly calls: number;
  readonly attempts: number;
  readonly runs: number;
  readonly interactions: number;
  readonly outcomes: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly value: number;
  /** What providers bill, by workflow: mean, and each trial's own when details are kept. */
  readonly metered: readonly { readonly mean: number; readonly byTrial: Float64Array | null }[];
}

/** A node of the cost tree that lines are added up for. */
export interface RunNode {
  readonly workflow: number;
  /** -1 for what belongs to the workflow as a whole. */
  readonly stage: number;
}

/** One scenario, with or without a stress, simulated to the end. */
export interface ScenarioRun {
  readonly changes: readonly ChangeModel[];
  readonly months: readonly MonthRun[];
  readonly nodes: readonly RunNode[];
  /** Sums over all months by trial, noise included. */
  readonly total: Float64Array;
  /** The same without noise. */
  readonly expected: Float64Array;
  readonly lines: readonly Float64Array[];
  readonly lineMeans: Float64Array;
  readonly nodeTotals: readonly Float64Array[];
  readonly nodeMeans: Float64Array;
  /** Mean dollars `[node][line]`. */
  readonly nodeLines: readonly Float64Array[];
  readonly outcomes: Float64Array;
  readonly value: Float64Array;
  /** First month's total per calendar day, without noise. */
  readonly perDay: Float64Array;
  /** By workflow: the sample in force at the start. */
  readonly first: readonly WorkflowSample[];
  /** By workflow: the factor on its traffic at the start, by trial. */
  readonly firstTraffic: readonly Float64Array[];
  /** Dollars by workflow and trial, without noise and without shared costs. */
  readonly workflowTotals: readonly Float64Array[];
  readonly workflowOutcomes: readonly Float64Array[];
  readonly workflowCalls: readonly Float64Array[];
  readonly workflowTokens: readonly Float64Array[];
  /** Shared costs by overhead and trial, in the order of `overheadLines`. */
  readonly shared: readonly SharedCost[];
}

export interface SharedCost {
  readonly line: LineKind;
  readonly name: string;
  readonly allocateBy: 'calls' | 'tokens' | 'cost' | 'bytes' | 'even' | 'fixed';
  readonly shares: Readonly<Record<string, number>>;
  readonly total: Float64Array;
}

export interface RunOptions {
  readonly noise: Noise | null;
  readonly samples: SampleStore;
  /** Whether months keep percentiles by line and node, and spend by trial. */
  readonly detail: boolean;
}
