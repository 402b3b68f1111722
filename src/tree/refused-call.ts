import type { AttributionName } from './words.ts';

/** A call that was let nowhere near a provider, and what spoke against it at that moment. */
export interface RefusedCall {
  /** Its own; tells it from every other refusal. */
  readonly id: string;
  /** The call's id; empty when it was refused before it had one. */
  readonly callId: string;
  readonly atMs: number;
  /** Code of the refusal, as in the client's answer. */
  readonly code: string;
  readonly message: string;
  readonly keyId: string;
  readonly attribution: Readonly<Partial<Record<AttributionName, string>>>;
  readonly run: string;
  readonly provider: string;
  readonly model: string;
  /** Null when no budget refused it. */
  readonly budget: RefusingBudget | null;
  /** What calls in flight of this gateway held of that budget then, the largest first. */
  readonly holds: readonly HeldByCall[];
  /** How many held, the listed ones among them. */
  readonly holdsInAll: number;
}

/** How a budget stood when it refused; amounts as decimal dollars or whole units. */
export interface RefusingBudget {
  readonly name: string;
  readonly instance: string;
  readonly unit: string;
  readonly limit: string;
  readonly remaining: string;
  /** Held for calls in flight by all gateways. */
  readonly held: string;
  /** RFC 3339; null when it never starts anew. */
  readonly resetsAt: string | null;
}

export interface HeldByCall {
  readonly callId: string;
  /** The attempt that holds it. */
  readonly attemptId: string;
  /** Null when nobody said whose it is. */
  readonly user: string | null;
  readonly amount: string;
}
