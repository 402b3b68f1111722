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
  /** Of names that a body or a provider gives (models, tiers, request ids, users); what is longer is cut in the record. */
  keptTextBytesMax: 256,
  tagsMax: 16,
  tagNameBytesMax: 64,
  /** A baggage header, bytes (the W3C text asks for at least 8,192). */
  baggageBytesMax: 8 * 1024,
  /** A prompt is hashed up to this many prefix blocks. */
  prefixBlocksMax: 64,
  /** Connections to one provider origin, and requests that may wait for one. */
  connectionsMax: 512,
  waitingMax: 1_024,
  answerHeaderBytesMax: 64 * 1024,
  /** Longest an answer may take from begin to end, however lively it is. */
  totalTimeoutMs: 60 * 60_000,
  /** Stages, and models, whose answers are remembered to size holds. */
  rememberedStages: 10_000,
  /** Of these, how many outlive the process, and how often they are written. */
  keptStages: 1_000,
  keepLearningMs: 2_000,
  /** How long calls that were cut at a stop have to write down their ends. */
  cutGraceMs: 2_000,
  /** How long a stream waits for more money while it reads on. */
  extensionWaitMs: 2_000,
  /** Bytes of one stream under a hard budget that wait for a slow client. */
  streamBytesHeldMax: 256 * 1024,
  /** Longest answer assumed of a model nobody knows the limits of, when it cannot be watched: sent as its maximum. */
  unlistedOutputTokensMax: 16_384,
  /** Longest answer of such a model when it is watched token by token. */
  watchedOutputTokensMax: 1_000_000,
  /** Calls that wait for their turn because a brake says so. */
  queuedMax: 1_000,
  /** Told to a client whose money is held by others, or that has too many calls in flight. */
  contendedRetryAfterMs: 1_000,
  /** Largest answer kept for a repeated idempotency key, and longest such key. */
  idempotentAnswerBytesMax: 1024 * 1024,
  idempotencyKeyBytesMax: 256,
  /** Refused calls told of, what is listed of the holds against each, and how often those are looked at. */
  refusedHoldsKept: 10,
  refusedHoldsEveryMs: 250,
  /** Told to a client that is refused because a bound is reached. */
  overloadedRetryAfterMs: 1_000,
} as const;
