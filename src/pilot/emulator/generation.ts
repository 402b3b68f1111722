import type { Random } from '../../base/index.ts';
import type { Usage } from '../../tree/index.ts';
import type { WireKind } from './emulator-types.ts';
import type { PrefixCache } from './prefix-cache.ts';
import type { Profile } from './profile.ts';
import type { FaultKind } from './scenario.ts';

/** What a client may fix by request header, for exact tests. */
export interface Controls {
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly latencyMs: number | null;
  readonly chunkMs: number | null;
  readonly error: FaultKind | null;
  readonly tools: 'call' | 'none' | null;
  readonly encoding: 'gzip' | 'br' | null;
}

/** What a wire format needs to answer one request. */
export interface AnswerContext {
  readonly requestId: string;
  readonly profile: Profile;
  readonly controls: Controls;
  readonly random: Random;
  readonly cache: PrefixCache;
  readonly nowMs: number;
  newId(prefix: string): string;
  /** The answer's own id: it ends like `requestId`, so that a bill can be found by either. */
  answerId(prefix: string): string;
}

/** One thing written to a stream; `tokens` is how many visible tokens exist once it is sent. */
export interface Frame {
  readonly text: string;
  readonly tokens: number;
}

/** An answer to give: what it costs, and how it is written, whole or as a stream. */
export interface Generation {
  readonly kind: WireKind;
  readonly endpoint: string;
  readonly model: string;
  readonly streamed: boolean;
  readonly streamType: 'text/event-stream' | 'application/json';
  /** Disjoint input buckets, and `call` for what is billed by call. */
  readonly inputUsage: Usage;
  readonly visibleTokens: number;
  readonly reasoningTokens: number;
  body(withUsage: boolean): string;
  frames(withUsage: boolean): Iterable<Frame>;
  /** What a stream says when generation breaks in the middle. */
  errorFrame(): string;
}

/** Thrown by a wire format for a request its provider would refuse. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
  readonly param: string | undefined;
  readonly reason: 'bad-request' | 'not-found';

  constructor(message: string, param?: string, reason: 'bad-request' | 'not-found' = 'bad-request') {
    super(message);
    this.param = param;
    this.reason = reason;
  }
}

/** A server-sent event with a name, as Anthropic and the Responses API write it. */
export function namedEvent(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Models with this prefix do not exist, so that clients can meet an unknown model. */
const missingModelPrefix = 'no-such-';

/** @throws RefusedRequest when no model is named or it does not exist */
export function modelOf(value: unknown): string {
  if (typeof value !== 'string' || value === '')
    throw new RefusedRequest('you must provide a model parameter', 'model');
  if (value.startsWith(missingModelPrefix))
    throw new RefusedRequest(
      `The model \`${value}\` does not exist or you do not have access to it.`,
      'model',
      'not-found',
    );
  return value;
}
