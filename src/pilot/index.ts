export { demoConfigYaml } from './demo/demo-config.ts';
export { runDemoTraffic } from './demo/run-demo-traffic.ts';
export { createEmulator } from './emulator/emulator.ts';
export type { Emulator } from './emulator/emulator-types.ts';
export { loadScenario } from './emulator/scenario.ts';
export { readTrace } from './replay/read-trace.ts';
export { replayTrace } from './replay/replay-trace.ts';
export {
  type ReplayOptions,
  type ReplayProgress,
  type ReplaySummary,
  type TraceFormat,
  traceFormats,
} from './replay/replay-types.ts';
export type { TraceRecord } from './replay/trace-record.ts';
