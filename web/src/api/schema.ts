import type {
  AdviceAnswer,
  AlertsAnswer,
  AuditAnswer,
  BehaviourAnswer,
  BudgetsAnswer,
  CallAnswer,
  ComparedTreeAnswer,
  CostsAnswer,
  CreatedKeyAnswer,
  CreatedUserAnswer,
  ErrorAnswer,
  ForecastAnswer,
  ForecastsAnswer,
  ForecastTrackAnswer,
  InstanceAnswer,
  KeysAnswer,
  NewestCallsAnswer,
  NewestRunsAnswer,
  PerformanceAnswer,
  PlansAnswer,
  PredictedTreeAnswer,
  PricesAnswer,
  PulseAnswer,
  ReadinessAnswer,
  RefusedCallsAnswer,
  ReleasesAnswer,
  ReportAnswer,
  RetriesAnswer,
  ReviewSummaryAnswer,
  ReviewsAnswer,
  RunAnswer,
  StackAnswer,
  StorageAnswer,
  UnitsAnswer,
  UsersAnswer,
  WorkflowsAnswer,
  WorkflowTreeAnswer,
} from '../../../src/api/wire.ts';

export type { ForecastModelAnswer } from '../../../src/api/wire.ts';

/** What the API answers, by the words of the pages. Money is an exact decimal string in USD; null is unknown. */
export type AccessKey = KeysAnswer['keys'][number];
export type AccessKeys = KeysAnswer;
export type Advice = AdviceAnswer;
export type Alert = AlertsAnswer['alerts'][number];
export type Alerts = AlertsAnswer;
export type Attempt = CallAnswer['attempts'][number];
export type AttemptInList = CallInList['attempts'][number];
export type Audit = AuditAnswer;
export type Bar = BehaviourAnswer['depth'][number];
export type Behaviour = BehaviourAnswer;
export type Budget = BudgetsAnswer['budgets'][number];
export type Budgets = BudgetsAnswer;
export type Call = CallAnswer;
export type CallInList = NewestCallsAnswer['calls'][number];
export type Cohort = BehaviourAnswer['cohorts'][number];
export type CostComponent = UnitsAnswer['components'][number];
export type CostLine = Attempt['lines'][number];
export type CostNode = WorkflowTreeAnswer['tree'];
export type CostRow = CostsAnswer['rows'][number];
export type Costs = CostsAnswer;
export type CostStack = StackAnswer;
export type CreatedKey = CreatedKeyAnswer;
export type CreatedUser = CreatedUserAnswer;
export type ErrorBody = ErrorAnswer;
export type Figures = WorkflowTreeAnswer['figures'];
export type Forecasts = ForecastsAnswer;
export type ForecastMonth = KeptForecast['report']['scenarios'][string]['months'][number];
export type ForecastSummary = ForecastsAnswer['forecasts'][number];
export type ForecastTrack = ForecastTrackAnswer;
export type Instance = InstanceAnswer;
export type KeptForecast = ForecastAnswer;
export type LineTotal = CostNode['lines'][number];
/** What a plan or a customer pays and costs; the name is null where calls name none. */
export type Margin = UnitsAnswer['marginByPlan'][number];
export type MoneyInterval = ForecastSummary['scenarios'][string]['totalUsd'];
export type NewestCalls = NewestCallsAnswer;
export type NewestRuns = NewestRunsAnswer;
export type Performance = PerformanceAnswer;
export type PerformanceRow = PerformanceAnswer['rows'][number];
export type PerformanceSums = PerformanceAnswer['total'];
export type Plan = PlansAnswer['plans'][number];
export type Plans = PlansAnswer;
/** A cost tree with its prediction; compared also with what was measured of the same range. */
export type PredictedTree = PredictedTreeAnswer | ComparedTreeAnswer;
export type Price = PricesAnswer['prices'][number];
export type Prices = PricesAnswer;
export type Pulse = PulseAnswer;
export type Quantiles = NonNullable<PerformanceSums['durationMs']>;
export type Readiness = ReadinessAnswer;
export type Recommendation = AdviceAnswer['recommendations'][number];
export type RefusedCall = RefusedCallsAnswer['refused'][number];
export type RefusedCalls = RefusedCallsAnswer;
export type Release = ReleasesAnswer['releases'][number];
export type Releases = ReleasesAnswer;
export type Report = ReportAnswer;
export type ReportTable = ReportAnswer['tables'][number];
export type Retries = RetriesAnswer;
export type RetryRow = RetriesAnswer['rows'][number];
export type Review = ReviewsAnswer['reviews'][number];
export type Reviews = ReviewsAnswer;
export type ReviewSummary = ReviewSummaryAnswer;
export type Run = RunAnswer;
export type RunInList = NewestRunsAnswer['runs'][number];
export type StackGroup = StackAnswer['groups'][number];
export type StackLine = StackAnswer['lines'][number];
export type Storage = StorageAnswer;
export type UnitEconomics = UnitsAnswer;
export type User = UsersAnswer['users'][number];
export type UserRole = InstanceAnswer['you']['role'];
export type Users = UsersAnswer;
/** What slow runs of a workflow cost, by what burnrate.yaml says of its users' patience. */
export type Waiting = NonNullable<UnitsAnswer['workflows'][number]['waiting']>;
export type Workflow = WorkflowsAnswer['workflows'][number];
export type Workflows = WorkflowsAnswer;
export type WorkflowTree = WorkflowTreeAnswer;
