export {
  type BrakeDecision,
  type BudgetUse,
  brakeFor,
  type CooldownDecision,
  cooldownFor,
  noBrake,
  queueWaitMs,
} from './brake.ts';
export { type CancelLag, cancelLagTokens, newCancelLag, recordCancel, unlearnedCancelLagTokens } from './cancel-lag.ts';
export type { CallFacts } from './facts.ts';
export {
  extensionAmounts,
  extensionTokens,
  type HoldFacts,
  type HoldRates,
  type HoldSize,
  type OutputQuantiles,
  outputBound,
  sizeHold,
  unlearnedOutputTokens,
} from './hold-size.ts';
export { type BudgetMatch, inScope, instanceOf, matchBudgets } from './match-budgets.ts';
export {
  histogramOf,
  keptHistogram,
  newOutputHistogram,
  type OutputHistogram,
  outputQuantiles,
  recordOutput,
} from './output-quantiles.ts';
export { type PlanQuota, planBudgetPrefix, planBudgets, refusalCode } from './plan-budgets.ts';
export { rateLimitHeaders, type VisibleLimit } from './rate-headers.ts';
export { correctRate, type LimitRule, type RateRule, type RateState, rateIdle, takeRate } from './rate-limit.ts';
