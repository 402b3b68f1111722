/** Every bound of the data plane that is not in burnrate.yaml, with its unit in its name. */
export const limits = {
  /** Request bodies held in memory by all calls together; beyond it new calls get 503 `overloaded`. */
  bodyBytesHeldMax: 512 * 1024 * 1024,
  /** An answer that is not a stream is held back up to this size so that its cost can stand in the headers. */
  plainBytesHeldMax: 1024 * 1024,
  /** Above this size an answer is not parsed whole; usage is looked for at its head and tail. */
  plainBytesParsedMax: 256 * 1024,
  /** Kept from the start and from the end of an answer that is too large to hold. */
  headBytesKept: 4 * 1024,
  tailBytesKept: 64 * 1024,
  /** Longest single stream event that is looked at; longer ones pass through unread. */
  eventBytesMax: 8 * 1024 * 1024,
  /** Inflated bytes of one compressed request or answer that are looked at. */
  inflatedBytesMax: 64 * 1024 * 1024,
  /** An attribution value, UTF-8 bytes. */
  attributionValueBytesMax: 256,
  tagsMax: 16,
  tagNameBytesMax: 64,
  /** A baggage header, bytes (the W3C text asks for at least 8,192). */
  baggageBytesMax: 8 * 1024,
  /** A prompt is hashed up to this many prefix blocks. */
  prefixBlocksMax: 64,
  /** Calls remembered so that a client's retry joins its call. */
  rememberedCalls: 20_000,
  retryWindowMs: 10 * 60_000,
  /** Users remembered so that their calls join a session and an interaction. */
  rememberedUsers: 20_000,
  sessionGapMs: 30 * 60_000,
  interactionGapMs: 2 * 60_000,
  /** Connections to one provider origin, and requests that may wait for one. */
  connectionsMax: 512,
  waitingMax: 1_024,
  answerHeaderBytesMax: 64 * 1024,
  /** Longest an answer may take from begin to end, however lively it is. */
  totalTimeoutMs: 60 * 60_000,
  /** Told to a client that is refused because a bound is reached. */
  overloadedRetryAfterMs: 1_000,
} as const;
