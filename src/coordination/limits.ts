/** Every bound of the room, with its unit in its name. */
export const coordinationLimits = {
  /** Counters of limits and pauses in memory; beyond it the idle ones, then the oldest are forgotten. */
  pacesMax: 50_000,
  /** Told to a client that has too many calls in flight. */
  contendedRetryAfterMs: 1_000,
  /** Interactions remembered so that each counts once against a plan. */
  rememberedInteractions: 20_000,
  /** Answers kept for repeated idempotency keys: by count, together, and how long. */
  idempotentAnswersMax: 10_000,
  idempotentBytesMax: 64 * 1024 * 1024,
  idempotencyMs: 24 * 60 * 60_000,
  /** What is told in one message, and how long until one that failed is sent again. */
  tellsAtOnceMax: 32,
  tellAgainMs: 100,
} as const;
