import type { LineKind } from '../../tree/index.ts';
import type { Stats } from '../simulate/statistics.ts';
import type { UsdStats } from './figures.ts';
import type { budgetReport, spikeReport } from './stress-report.ts';

/** A forecast in words and figures: what `forecast --json` prints. Money is decimal text in US dollars. */
export interface ForecastReport {
  readonly seed: number;
  readonly trials: number;
  readonly from: string;
  readonly months: number;
  readonly scenarios: Readonly<Record<string, ScenarioReport>>;
  readonly stages: readonly StageFacts[];
  readonly assumptions: readonly string[];
  /** Numbers of the file that were taken from the ledger, by dotted path. */
  readonly measured: readonly MeasuredNote[];
  readonly method: string;
}

/** How much a measured number rests on. */
export interface MeasuredNote {
  readonly path: string;
  readonly count: number;
  readonly evidence: string;
}

export interface LineReport {
  readonly line: LineKind;
  readonly totalUsd: UsdStats;
  readonly share: number;
}

export interface MonthReport {
  readonly month: string;
  readonly totalUsd: UsdStats;
  readonly calls: number;
  readonly attempts: number;
  readonly runs: number;
  readonly interactions: number;
  readonly outcomes: number;
  readonly tokens: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly valueUsd: string;
  readonly lines: readonly { readonly line: LineKind; readonly totalUsd: UsdStats }[];
  readonly nodes: readonly { readonly workflow: string; readonly stage: string | null; readonly totalUsd: UsdStats }[];
}

export interface NodeReport {
  readonly workflow: string;
  /** Null: what belongs to the workflow as a whole. */
  readonly stage: string | null;
  readonly totalUsd: UsdStats;
  readonly share: number;
  readonly lines: readonly { readonly line: LineKind; readonly meanUsd: string }[];
}

export interface FactorStep {
  readonly factor: 'interactions' | 'drafts' | 'impatience' | 'tabs' | 'rework' | 'calls per run';
  readonly times: number;
}

export interface WorkflowReport {
  /** With its share of what is paid beside calls. */
  readonly totalUsd: UsdStats;
  readonly costPerOutcomeUsd: UsdStats | null;
  readonly callsPerDay: Stats;
  readonly interactionsPerDay: Stats;
  readonly naiveCallsPerDay: number;
  /** Calls ÷ interaction. */
  readonly callsPerInteraction: number;
  /** What turns the plan into what happens; the factors multiply to calls ÷ plan. */
  readonly factors: readonly FactorStep[];
  /** Share of the whole cost that providers bill by the token or call. */
  readonly tokenShare: number;
  /** Share of the input tokens that is retrieved context. */
  readonly contextShare: { readonly ofInputTokens: number };
  readonly humanMinutesPer100Interactions: number;
}

export interface StageFacts {
  readonly workflow: string;
  readonly stage: string;
  readonly tries: number;
  readonly failureProbability: number;
  /** (1 − pⁿ)/(1 − p). */
  readonly expectedAttempts: number;
}

export interface StressReport {
  readonly totalUsd: UsdStats;
  readonly increaseUsd: string;
  readonly increase: number;
  readonly costPerOutcomeUsd: UsdStats | null;
  readonly months: readonly { readonly month: string; readonly totalUsd: UsdStats }[];
  readonly spike?: SpikeReport;
}

export type SpikeReport = ReturnType<typeof spikeReport>;
export type BudgetReport = ReturnType<typeof budgetReport>;

export interface ScenarioReport {
  readonly months: readonly MonthReport[];
  readonly lines: readonly LineReport[];
  readonly nodes: readonly NodeReport[];
  readonly totalUsd: UsdStats;
  /** Null when no outcome is forecast. */
  readonly costPerOutcomeUsd: UsdStats | null;
  /** First month ÷ its calendar days, without sampling noise. */
  readonly perDayUsd: UsdStats;
  readonly per30DaysUsd: UsdStats;
  /** On a day with ordinary traffic, at the start. */
  readonly callsPerDay: Stats;
  readonly naiveCallsPerDay: number;
  readonly drivers: readonly {
    readonly parameter: string;
    readonly swingUsd: string;
    readonly lowUsd: string;
    readonly highUsd: string;
    readonly varianceShare: number;
  }[];
  /** Share of the variance of the total that better knowledge could remove, and the share that is chance. */
  readonly uncertainty: { readonly parameters: number; readonly sampling: number };
  readonly tokenShare: number;
  readonly roi: {
    readonly valueUsd: UsdStats;
    readonly costUsd: UsdStats;
    /** (value − cost) ÷ cost, on the means. */
    readonly returnOnCost: number | null;
    /** Part of the first month after which its value has covered its whole cost; null when it never does. */
    readonly paybackMonths: number | null;
  };
  readonly tippingPoint?: {
    readonly workflow: string;
    readonly stableUpTo: number;
    readonly recoversUpTo: number;
    readonly state: string;
    readonly summary: string;
  };
  readonly workflows: Readonly<Record<string, WorkflowReport>>;
  readonly budgets: readonly BudgetReport[];
  readonly stresses: Readonly<Record<string, StressReport>>;
}
