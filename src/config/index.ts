export type { Config } from './config.ts';
export { assertListenAllowed, defaultConfig, usableProviders } from './defaults.ts';
export { type ConfigEdit, editConfig } from './edit.ts';
export type { Environment } from './environment.ts';
export { activeFeatures, type Feature, type InactiveSection, inactiveSections } from './inactive.ts';
export { configJsonSchema, configJsonSchemaText } from './json-schema.ts';
export { type ListenAddress, parseListen } from './listen.ts';
export { type CheckResult, checkConfig, type LoadOptions, loadConfig, parseConfig } from './load.ts';
export { locateProblems, type PathProblem } from './locate-problems.ts';
export { ConfigError, type ConfigProblem, formatProblem } from './problem.ts';
export type {
  ByteQuantity,
  ByteSize,
  CalendarSpan,
  Duration,
  DurationQuantity,
  FractionQuantity,
  Instant,
  Quantity,
  Rate,
  UsdQuantity,
} from './quantity.ts';
export { withReference } from './reference.ts';
export type { AlertChannel, AlertRule, AlertSettings } from './schema/alerts.ts';
export type { BrakeStep, Budget, Limit, Plan } from './schema/control.ts';
export type {
  ObservabilityCost,
  OverheadCost,
  Overheads,
  Person,
  Service,
  SwitchingCost,
  WorkCost,
} from './schema/costs.ts';
export type { Alternative, ForecastSettings, PilotSettings, Scenario, Stress } from './schema/forecast.ts';
export type { PriceSettings } from './schema/prices.ts';
export type {
  BreakerSettings,
  FailureRates,
  GpuSettings,
  Provider,
  ProviderLimits,
  ReservedThroughput,
} from './schema/providers.ts';
export type { EngineSettings, RetentionSettings, ServerSettings } from './schema/server.ts';
export type {
  Stage,
  StageBackoff,
  StageCache,
  StageFallback,
  StageInput,
  StageRoute,
  StageTrim,
  StageWork,
} from './schema/stage.ts';
export type { Impatience, PromptStore, Segment, Traffic, Workflow, WorkflowOutcome } from './schema/workflow.ts';
