export { type Outcome, type OutcomeOptions, recordOutcome } from './record-outcome.ts';
export { type RunContext, runBaggage, runHeaders } from './run-context.ts';
