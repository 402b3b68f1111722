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
  RunRow,
  TrafficRow,
  UsersRow,
} from './economic-questions.ts';
export type {
  BehaviourFilter,
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
  LineRow,
  OperationQuestions,
  PageCursor,
  PerformanceRow,
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
export { serveLedger } from './remote/serve-ledger.ts';
export { dimensionNames, isDimension } from './sql/dimensions.ts';
export { callNodes, withCalls } from './sql/workflow-facts.ts';
