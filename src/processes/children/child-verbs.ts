/** The verbs main.ts understands besides the public ones: what a forked child is told to be. */
export const childVerbs = {
  ledger: 'internal-ledger',
  worker: 'internal-worker',
  forecast: 'internal-forecast',
} as const;
