export type { Effects } from './effects.ts';
export { exitCodes } from './exit-codes.ts';
export { buildProgram } from './program.ts';
export { readCommitted } from './read-committed.ts';
export { runCli } from './run-cli.ts';
