export { type Advice, type Recommendation, readAdvice } from './advice/recommendations.ts';
export {
  type Alert,
  type AlertChange,
  type AlertFeed,
  type AlertSeverity,
  advance,
  alertKey,
  alertWatcher,
  type Finding,
  isSilenced,
  kindDefaults,
  providerAllowances,
  type WatchedBudget,
  type WatchedKind,
  type WatchRule,
  type WatchSettings,
  watchRules,
  windowsOf,
} from './alerts/index.ts';
export { type Behaviour, readBehaviour } from './behaviour/behaviour.ts';
export type { ForecastSummary } from './forecasts/archive.ts';
export {
  type CompiledForecast,
  type Forecaster,
  type ForecasterOptions,
  type ForecastRequest,
  forecaster,
  type SimulationJob,
} from './forecasts/forecaster.ts';
export { readMeasuredTree } from './forecasts/measured-tree.ts';
export { type ForecastTrack, type MonthStanding, readStandings, readTrackRecord } from './forecasts/month-facts.ts';
export { type ReleaseFigures, type Releases, readReleases } from './releases/releases.ts';
export type { ColumnKind, Report, ReportCell, ReportColumn, ReportTable } from './reports/report.ts';
export { type ReportScope, readChargeback, readShowback } from './reports/showback.ts';
export { weekOf } from './reports/week.ts';
export { readWeeklyReview } from './reports/weekly-review.ts';
export { readCostStack } from './stack/cost-stack.ts';
export { meanUsd } from './stack/mean-usd.ts';
export type { StackQuestion } from './stack/read-stack-facts.ts';
export {
  type AllocationRule,
  type CostStack,
  type StackGroup,
  type StackLine,
  tokenShare,
  usualTokenShare,
} from './stack/stack.ts';
export { type Formula, unitFormulas } from './units/formulas.ts';
export type { Margin } from './units/margins.ts';
export { readUnitEconomics, type UnitEconomics, type WorkflowUnits } from './units/unit-economics.ts';
export { policySchema, type StagePolicy, stagePolicies } from './what-if/policy.ts';
export { readWhatIf, type WhatIf } from './what-if/what-if.ts';
