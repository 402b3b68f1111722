/** Every bound of the room, with its unit in its name. */
export const coordinationLimits = {
  /** Counters of limits and pauses in memory; beyond it the idle ones, then the oldest are forgotten. */
  pacesMax: 50_000,
  /** Told to a client that has too many calls in flight. */
  contendedRetryAfterMs: 1_000,
  /** Interactions remembered so that each counts once against a plan. */
  rememberedInteractions: 20_000,
  /** Calls remembered so that a client's retry joins its call. */
  rememberedCalls: 20_000,
  retryWindowMs: 10 * 60_000,
  /** Users remembered so that their calls join a session and an interaction. */
  rememberedUsers: 20_000,
  sessionGapMs: 30 * 60_000,
  interactionGapMs: 2 * 60_000,
  /** Answers kept for repeated idempotency keys: by count, together, and how long. */
  idempotentAnswersMax: 10_000,
  idempotentBytesMax: 64 * 1024 * 1024,
  idempotencyMs: 24 * 60 * 60_000,
  /** How long until a gateway asks again for a key that is said to be running. */
  runningAgainMs: 100,
  /** Questions of one gateway under way: each of its calls in flight may ask at the same moment. */
  questionsAtOnceMax: 16_384,
  /** What is told in one message, and how long until one that failed is sent again. */
  tellsAtOnceMax: 32,
  tellAgainMs: 100,
  /** Beyond it the oldest are dropped: the other side has not been there for long, and forgets what was under way. */
  tellsKeptMax: 20_000,
} as const;
