import type { ErrorCode } from '../../base/index.ts';
import type { PartTokens } from '../../tree/index.ts';

export type ProtocolName = 'openai' | 'anthropic' | 'gemini' | 'other';

export type JsonObject = { readonly [name: string]: unknown };

/** What a method and a path ask for. */
export interface Operation {
  /** `chat`, `responses`, `messages`, `generateContent`, …; `other` for a path that is only passed through. */
  readonly name: string;
  /** The body is a JSON object the gateway reads; one that cannot be parsed is refused. */
  readonly readsJson: boolean;
  /** `metered`: a success without usage is a silent meter. `free`: the provider bills nothing for it, whatever its answer holds. */
  readonly billing: 'metered' | 'free';
  /** The model when the path names it, else empty. */
  readonly pathModel: string;
  /** True when the path alone asks for a stream. */
  readonly streamed: boolean;
}

/** What the gateway reads of a request body. */
export interface RequestFacts {
  readonly model: string;
  readonly streamed: boolean;
  /** The end user, when the provider's own field names one. */
  readonly user: string;
}

/** A piece of the prompt in the order a provider's cache sees it. `tokens` replaces the estimate from the text for what is not text. */
export interface PromptPiece {
  readonly part: keyof PartTokens;
  readonly role: string;
  readonly text: string;
  readonly tokens?: number;
}

/** What a stream has told so far. Protocol readers fill it, event by event. */
export interface StreamNotes {
  /** The body to read usage from; null until the provider reported any. */
  usageBody: JsonObject | null;
  model: string;
  requestId: string;
  /** The provider reported an error inside the stream. */
  failed: boolean;
  /** The provider's own end mark came. */
  finished: boolean;
  /** `usageBody` is the provider's last word on it. */
  usageFinal: boolean;
}

/** How a protocol writes streams. */
export interface StreamFormat {
  /** The quoted member name that only an event with usage carries. */
  readonly usageName: Buffer;
  /** True when every event repeats the whole usage, so that only the last is worth parsing. */
  readonly lastUsageOnly: boolean;
  /** Quoted member names whose string values are the answer's text, for estimates of streams that break off. */
  contentNames(operation: string): readonly Buffer[];
  /** True for a payload that must be read though it carries no usage: an error, an end mark. Looks at bytes only. */
  isMark(payload: Buffer): boolean;
  /** Reads one parsed event: the first, those with usage, and marks. */
  note(event: JsonObject, notes: StreamNotes): void;
}

/** A refusal or failure as a protocol's clients expect to read it. */
export interface ErrorFacts {
  readonly code: ErrorCode;
  readonly status: number;
  readonly message: string;
}

/** What a request says about the length of its answer. */
export interface OutputAsk {
  /** Null when the client set no maximum. */
  readonly maxTokens: number | null;
  /** Answers asked for at once. */
  readonly choices: number;
  /** True when the model thinks without showing all of it, so that its tokens cannot be counted as they come. */
  readonly hidden: boolean;
  /** Where in the body the maximum stands, or is to stand. */
  readonly field: readonly string[];
}

/** What is known of a stream that is ended before its provider does. */
export interface EarlyEndFacts {
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The client asked for usage itself. */
  readonly wantsUsage: boolean;
}

/** Follows a stream so that it can be ended at any event as the provider would at its length limit. */
export interface StreamEnding {
  note(payload: Buffer): void;
  /** The last events, terminators included. */
  end(facts: EarlyEndFacts): string;
}

/** One wire format. Pure: bytes and parsed JSON in, facts out. */
export interface Protocol {
  readonly name: ProtocolName;
  /** @param path below the provider's base URL, without query */
  operationOf(method: string, path: string): Operation;
  readRequest(operation: Operation, body: JsonObject): RequestFacts;
  promptOf(operation: Operation, body: JsonObject): PromptPiece[];
  /** Null when answers of this operation are not made of tokens, or cannot be limited. */
  outputOf(operation: Operation, body: JsonObject): OutputAsk | null;
  /** Null when streams of this operation cannot be ended early. */
  endingOf(operation: Operation): StreamEnding | null;
  /** The provider's id of a plain answer, or empty. */
  answerId(body: JsonObject): string;
  /** Quoted name of the usage member of a plain answer, for answers too large to parse. */
  readonly usageName: string;
  /** Quoted name of the model member of a plain answer. */
  readonly modelName: string;
  readonly stream: StreamFormat;
  errorBody(error: ErrorFacts): string;
  /** The error as the last event of a server-sent-event stream, terminator included. */
  errorEvent(error: ErrorFacts): string;
}

export const passThrough: Operation = {
  name: 'other',
  readsJson: false,
  billing: 'metered',
  pathModel: '',
  streamed: false,
};

/** A passed-through request that reads or deletes is not billed by any provider; one that posts may be. */
export function otherOperation(method: string): Operation {
  return method === 'POST' ? passThrough : { ...passThrough, billing: 'free' };
}

export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A whole number of tokens or answers; null for anything else. */
export function asCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** One event's JSON; null when it is not an object. */
export function parseEvent(payload: Buffer): JsonObject | null {
  try {
    return asObject(JSON.parse(payload.toString('utf8')));
  } catch {
    return null;
  }
}
