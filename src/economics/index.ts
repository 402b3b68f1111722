export { type Recommendation, readAdvice } from './advice/recommendations.ts';
export {
  type AlertChange,
  type AlertFeed,
  advance,
  alertWatcher,
  isSilenced,
  providerAllowances,
  type WatchedBudget,
  watchRules,
} from './alerts/index.ts';
export { type Behaviour, readBehaviour, repeatSoonMs } from './behaviour/behaviour.ts';
export { type ReservationFigures, readReservations } from './capacity/reservations.ts';
export type { ForecastSummary } from './forecasts/archive.ts';
export { type ForecastJob, type ForecastResult, performForecast } from './forecasts/forecast-job.ts';
export { type Forecaster, type ForecasterOptions, forecaster } from './forecasts/forecaster.ts';
export { readMeasuredTree } from './forecasts/measured-tree.ts';
export { type MonthStanding, readStandings, readTrackRecord } from './forecasts/month-facts.ts';
export type { ForecastLedger } from './forecasts/read-inputs.ts';
export { type ReleaseFigures, readReleases } from './releases/releases.ts';
export { type ColumnKind, type Report, type ReportCell, type ReportTable, unpricedNote } from './reports/report.ts';
export { readChargeback, readShowback } from './reports/showback.ts';
export { weekOf, weekOfDay } from './reports/week.ts';
export { readWeeklyReview } from './reports/weekly-review.ts';
export { readCostStack } from './stack/cost-stack.ts';
export { meanUsd } from './stack/mean-usd.ts';
export {
  type CostStack,
  tokenShare,
  usualTokenShare,
} from './stack/stack.ts';
export { unitFormulas } from './units/formulas.ts';
export type { Margin } from './units/margins.ts';
export { readUnitEconomics, type UnitEconomics, type WorkflowUnits } from './units/unit-economics.ts';
export { policySchema, stagePolicies } from './what-if/policy.ts';
export { readWhatIf, type WhatIf } from './what-if/what-if.ts';
