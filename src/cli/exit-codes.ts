/** What the shell is told. */
export const exitCodes = {
  fine: 0,
  /** A check failed: what was asked works, and the answer is no. */
  checkFailed: 1,
  /** The command line is wrong. */
  wrongUse: 2,
  /** It could not run. */
  couldNotRun: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
