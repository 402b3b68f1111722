import type { CooldownDecision, LimitRule, VisibleLimit } from '../policy/index.ts';
import type { Attribution, AttributionName } from '../tree/index.ts';

/** At once in this process, later from another. */
export type Soon<T> = T | Promise<T>;

/** A limit that counts a call, and the instance of what it is per: `user=ada`. */
export interface PaceStep {
  readonly rule: LimitRule;
  readonly instance: string;
}

/** A whole answer, to be given again. */
export interface KeptAnswer {
  readonly status: number;
  /** Names and values in turn, as they were written. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** What is known of an idempotency key when a request comes with it. */
export type IdempotentState =
  /** Nothing: this request is the first, and says how it ended. */
  | { readonly state: 'first' }
  | { readonly state: 'running' }
  /** The key came with another request before. */
  | { readonly state: 'conflict' }
  /** Answered, but the answer could not be kept. */
  | { readonly state: 'unkept' }
  | { readonly state: 'answered'; readonly answer: KeptAnswer };

/** How the first request with an idempotency key ended; one that failed is forgotten, so that it can be tried again. */
export type IdempotentEnd =
  | { readonly state: 'failed' }
  | { readonly state: 'unkept' }
  | { readonly state: 'answered'; readonly answer: KeptAnswer };

/** What a retry takes over of the call it repeats. */
export interface RememberedCall {
  readonly callId: string;
  readonly run: string;
  readonly attribution: Attribution;
  readonly inferred: readonly AttributionName[];
}

export interface CallAttempt {
  readonly call: RememberedCall;
  readonly attemptNumber: number;
}

export interface Conversation {
  readonly session: string;
  readonly interaction: string;
}

/** What a call says of its conversation itself. */
export interface ConversationTold {
  readonly session?: string;
  readonly interaction?: string;
  /** Empty when the client named none. */
  readonly run: string;
}

/**
 * What gateways of one instance must agree on before a call goes out. All of it is in memory: after a restart of the
 * instance limits start full, and answers are no longer
 * repeated, and what continues a call or a conversation begins a new one.
 */
export interface Coordinator {
  /**
   * Takes a call of all its limits or of none.
   * @param tokens estimate of what the call will use; corrected when it ends
   * @returns how the limits stand then
   * @throws BurnrateError rate_limited, cooldown; overloaded when the coordinator cannot be reached
   */
  takePaces(takeId: string, steps: readonly PaceStep[], tokens: number): Soon<readonly VisibleLimit[]>;
  /** The call is over; a second end changes nothing. @param tokens what it really used; 0 when nothing was sent */
  endPaces(takeId: string, tokens: number): void;
  /** Lets one call of `key` through in each `gapMs`. */
  takeTurn(key: string, gapMs: number): Soon<CooldownDecision>;
  /** Of a client's retry: the next attempt of the call it repeats; null when none was seen a while ago. */
  nextAttempt(key: string): Soon<CallAttempt | null>;
  rememberCall(key: string, call: RememberedCall): void;
  /** The session and interaction of a call that does not name both. */
  joinConversation(key: string, told: ConversationTold): Soon<Conversation>;
  /** A call of it ended. */
  touchConversation(key: string): void;
  interactionCounted(key: string): Soon<boolean>;
  /** @param counted false takes back what was noted for a call that was never sent */
  noteInteraction(key: string, counted: boolean): void;
  beginIdempotent(id: string, fingerprint: string): Soon<IdempotentState>;
  /** Only by who was told that it is the first. */
  endIdempotent(id: string, end: IdempotentEnd): void;
}
