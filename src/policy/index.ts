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
export { type CallFacts, dimensionValue } from './facts.ts';
export {
  extensionAmounts,
  extensionTokens,
  type HoldFacts,
  type HoldRates,
  type HoldSize,
  type OutputQuantiles,
  outputBound,
  sizeHold,
  sliceTokens,
  unlearnedOutputTokens,
} from './hold-size.ts';
export { type BudgetMatch, inScope, instanceOf, matchBudgets } from './match-budgets.ts';
export {
  histogramOf,
  type KeptHistogram,
  keptHistogram,
  newOutputHistogram,
  type OutputHistogram,
  outputQuantiles,
  recordOutput,
} from './output-quantiles.ts';
export { type PlanQuota, planBudgetPrefix, planBudgets, refusalCode } from './plan-budgets.ts';
export { rateLimitHeaders, type VisibleLimit } from './rate-headers.ts';
export {
  correctRate,
  type LimitRule,
  type RateDecision,
  type RateRule,
  type RateState,
  rateIdle,
  takeRate,
} from './rate-limit.ts';
