export { type DemoConfigOptions, demoConfigYaml } from './demo/demo-config.ts';
export type { DemoOptions, DemoSummary } from './demo/demo-types.ts';
export { runDemoTraffic } from './demo/run-demo-traffic.ts';
export { createEmulator } from './emulator/emulator.ts';
export type {
  BilledReport,
  BilledRequest,
  BilledTotals,
  Emulator,
  EmulatorOptions,
  WireKind,
} from './emulator/emulator-types.ts';
export {
  checkScenario,
  type FaultKind,
  faultKinds,
  instantScenario,
  loadScenario,
  type ScenarioInput,
  typicalScenario,
} from './emulator/scenario.ts';
export { generateLoad, type LoadOptions, type LoadQuantiles, type LoadResult } from './load/generate-load.ts';
export { type OpenTrace, readTrace } from './replay/read-trace.ts';
export { replayTrace } from './replay/replay-trace.ts';
export {
  type ReplayOptions,
  type ReplayProgress,
  type ReplaySummary,
  type TraceFormat,
  traceFormats,
} from './replay/replay-types.ts';
export type { ReadPosition } from './replay/trace-lines.ts';
export type { TraceRecord } from './replay/trace-record.ts';
