import type { z } from '@hono/zod-openapi';
import type { adviceSchema, recommendationSchema } from './advice-endpoints.ts';
import type { behaviourSchema } from './behaviour-endpoints.ts';
import type { pricesSchema } from './prices-endpoints.ts';
import type { refusedCallsSchema } from './refused-endpoints.ts';
import type { errorSchema } from './schemas.ts';
import type { alertSchema, alertsSchema } from './schemas-alerts.ts';
import type { budgetPageSchema, budgetSchema, budgetsSchema, plansSchema, putBudgetSchema } from './schemas-budgets.ts';
import type { callSchema, runSchema } from './schemas-calls.ts';
import type { costSumsSchema, costsSchema } from './schemas-costs.ts';
import type { stackSchema } from './schemas-economics.ts';
import type {
  comparedTreeSchema,
  forecastModelSchema,
  forecastSchema,
  forecastsSchema,
  predictedTreeSchema,
  trackRecordSchema,
} from './schemas-forecasts.ts';
import type { instanceSchema, pulseSchema, readinessSchema } from './schemas-instance.ts';
import type { auditSchema, createdKeySchema, keySchema, keysSchema } from './schemas-keys.ts';
import type { callInListSchema, newestCallsSchema, newestRunsSchema } from './schemas-newest.ts';
import type { performanceSchema, retriesSchema, storageSchema } from './schemas-operations.ts';
import type { releasesSchema } from './schemas-releases.ts';
import type { reportSchema } from './schemas-reports.ts';
import type { addedReviewSchema, reviewSchema, reviewSummarySchema, reviewsSchema } from './schemas-reviews.ts';
import type { unitEconomicsSchema } from './schemas-units.ts';
import type { createdUserSchema, userSchema, usersSchema } from './schemas-users.ts';
import type { whatIfSchema } from './schemas-what-if.ts';
import type { workflowsSchema, workflowTreeSchema } from './schemas-workflows.ts';

/**
 * What endpoints answer, for the commands and the dashboard that ask them: the types of the schemas that answers are
 * checked with. Types alone, so that whoever imports them loads no endpoint.
 */
export type AddedReviewAnswer = z.infer<typeof addedReviewSchema>;
export type AdviceAnswer = z.infer<typeof adviceSchema>;
export type AlertAnswer = z.infer<typeof alertSchema>;
export type AlertsAnswer = z.infer<typeof alertsSchema>;
export type AuditAnswer = z.infer<typeof auditSchema>;
export type BehaviourAnswer = z.infer<typeof behaviourSchema>;
export type BudgetAnswer = z.infer<typeof budgetSchema>;
export type BudgetPageAnswer = z.infer<typeof budgetPageSchema>;
export type BudgetsAnswer = z.infer<typeof budgetsSchema>;
export type CallAnswer = z.infer<typeof callSchema>;
export type CallInListAnswer = z.infer<typeof callInListSchema>;
export type ComparedTreeAnswer = z.infer<typeof comparedTreeSchema>;
export type CostsAnswer = z.infer<typeof costsSchema>;
export type CostSumsAnswer = z.infer<typeof costSumsSchema>;
export type CreatedKeyAnswer = z.infer<typeof createdKeySchema>;
export type CreatedUserAnswer = z.infer<typeof createdUserSchema>;
export type ErrorAnswer = z.infer<typeof errorSchema>;
export type ForecastAnswer = z.infer<typeof forecastSchema>;
export type ForecastModelAnswer = z.infer<typeof forecastModelSchema>;
export type ForecastsAnswer = z.infer<typeof forecastsSchema>;
export type ForecastTrackAnswer = z.infer<typeof trackRecordSchema>;
export type InstanceAnswer = z.infer<typeof instanceSchema>;
export type KeyAnswer = z.infer<typeof keySchema>;
export type KeysAnswer = z.infer<typeof keysSchema>;
export type NewestCallsAnswer = z.infer<typeof newestCallsSchema>;
export type NewestRunsAnswer = z.infer<typeof newestRunsSchema>;
export type PerformanceAnswer = z.infer<typeof performanceSchema>;
export type PlansAnswer = z.infer<typeof plansSchema>;
export type PredictedTreeAnswer = z.infer<typeof predictedTreeSchema>;
export type PricesAnswer = z.infer<typeof pricesSchema>;
export type PulseAnswer = z.infer<typeof pulseSchema>;
export type PutBudgetAnswer = z.infer<typeof putBudgetSchema>;
export type ReadinessAnswer = z.infer<typeof readinessSchema>;
export type RecommendationAnswer = z.infer<typeof recommendationSchema>;
export type RefusedCallsAnswer = z.infer<typeof refusedCallsSchema>;
export type ReleasesAnswer = z.infer<typeof releasesSchema>;
export type ReportAnswer = z.infer<typeof reportSchema>;
export type RetriesAnswer = z.infer<typeof retriesSchema>;
export type ReviewAnswer = z.infer<typeof reviewSchema>;
export type ReviewsAnswer = z.infer<typeof reviewsSchema>;
export type ReviewSummaryAnswer = z.infer<typeof reviewSummarySchema>;
export type RunAnswer = z.infer<typeof runSchema>;
export type StackAnswer = z.infer<typeof stackSchema>;
export type StorageAnswer = z.infer<typeof storageSchema>;
export type UnitsAnswer = z.infer<typeof unitEconomicsSchema>;
export type UserAnswer = z.infer<typeof userSchema>;
export type UsersAnswer = z.infer<typeof usersSchema>;
export type WhatIfAnswer = z.infer<typeof whatIfSchema>;
export type WorkflowsAnswer = z.infer<typeof workflowsSchema>;
export type WorkflowTreeAnswer = z.infer<typeof workflowTreeSchema>;
