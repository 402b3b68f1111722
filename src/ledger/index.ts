export type {
  AttemptCursor,
  CohortRow,
  EconomicQuery,
  EconomicQuestions,
  EndingRow,
  GroupedQuery,
  RepeatedCalls,
  Repetitions,
  RetryRow,
  RunDurations,
  RunRow,
  RunSample,
  TrafficRow,
  UsersRow,
} from './economic-questions.ts';
export type {
  CostAnswer,
  CostQuery,
  CostRow,
  Dimension,
  Ledger,
  LedgerPulse,
  OutcomeResult,
  RetentionPeriods,
  RetentionRule,
  RunFacts,
  StageDetail,
  TimeRange,
  WorkflowFacts,
} from './ledger.ts';
export type {
  CallOnPage,
  LedgerSize,
  LineRow,
  NewestRunsQuery,
  OperationQuestions,
  PageCursor,
  PageRequest,
  PerformanceRow,
  Quantiles,
  RunOnPage,
} from './operation-questions.ts';
export {
  type AnsweredCall,
  type PeopleQuestions,
  type ToldUsage,
  type WorkRow,
  workDimensions,
} from './people-questions.ts';
export { connectLedger } from './remote/connect-ledger.ts';
export { type LedgerServer, serveLedger } from './remote/serve-ledger.ts';
export { type DimensionName, dimensionNames, isDimension } from './sql/dimensions.ts';
export { callNodes, withCalls } from './sql/workflow-facts.ts';
