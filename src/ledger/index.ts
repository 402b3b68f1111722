export type {
  AttemptCursor,
  EconomicQuery,
  EconomicQuestions,
  EndingRow,
  GroupedQuery,
  RetryRow,
  RunRow,
  RunSample,
  TrafficRow,
} from './economic-questions.ts';
export type {
  CostAnswer,
  CostQuery,
  CostRow,
  Dimension,
  Ledger,
  LedgerPulse,
  OutcomeResult,
  RetentionRule,
  RunFacts,
  StageDetail,
  TimeRange,
  WorkflowFacts,
} from './ledger.ts';
export { connectLedger } from './remote/connect-ledger.ts';
export { type LedgerServer, serveLedger } from './remote/serve-ledger.ts';
export { type DimensionName, dimensionNames, isDimension } from './sql/dimensions.ts';
