import type { WireKind } from '../emulator/emulator-types.ts';

/** What an answer reports; null when it is complete but carries no usage. */
export interface AnswerUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
}

export type AnswerReading =
  | { readonly ok: true; readonly usage: AnswerUsage | null }
  | { readonly ok: false; readonly reason: 'bad_body' | 'truncated' | 'stream_error' };

type Fields = Readonly<Record<string, unknown>>;

/** Reads a complete answer, plain or streamed, as an SDK of that kind would. */
export function readAnswer(kind: WireKind, streamed: boolean, text: string): AnswerReading {
  const objects = streamed ? eventData(text) : [parse(text)];
  if (objects.some((value) => value === null)) return { ok: false, reason: 'bad_body' };
  const values = objects as Fields[];
  if (values.some((value) => value.error !== undefined && value.error !== null))
    return { ok: false, reason: 'stream_error' };
  if (streamed && !isComplete(kind, text, values)) return { ok: false, reason: 'truncated' };
  return { ok: true, usage: usageReaders[kind](values) };
}

/** The JSON of every `data:` line; null stands for one that is none. */
function eventData(text: string): (Fields | null)[] {
  const lines = text.split(/\r?\n/).filter((line) => line.startsWith('data:') && line !== 'data: [DONE]');
  return lines.map((line) => parse(line.slice(5)));
}

function parse(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isComplete(kind: WireKind, text: string, values: readonly Fields[]): boolean {
  if (kind === 'openai') return text.includes('data: [DONE]');
  if (kind === 'anthropic') return values.at(-1)?.type === 'message_stop';
  return text.includes('"finishReason"');
}

const usageReaders: Readonly<Record<WireKind, (values: readonly Fields[]) => AnswerUsage | null>> = {
  openai(values) {
    const usage = values.map((value) => value.usage).findLast(isFields);
    if (!usage) return null;
    const cached = isFields(usage.prompt_tokens_details) ? count(usage.prompt_tokens_details.cached_tokens) : 0;
    return {
      inputTokens: count(usage.prompt_tokens),
      cachedInputTokens: cached,
      outputTokens: count(usage.completion_tokens),
    };
  },
  anthropic(values) {
    // Usage is cumulative: the last value of each field counts.
    const seen = values
      .flatMap((value) => [isFields(value.message) ? value.message.usage : undefined, value.usage])
      .filter(isFields);
    if (seen.length === 0) return null;
    const usage: Fields = Object.assign({}, ...seen);
    const cached = count(usage.cache_read_input_tokens);
    const inputTokens = count(usage.input_tokens) + cached + count(usage.cache_creation_input_tokens);
    return { inputTokens, cachedInputTokens: cached, outputTokens: count(usage.output_tokens) };
  },
  gemini(values) {
    const usage = values.map((value) => value.usageMetadata).findLast(isFields);
    if (!usage) return null;
    const outputTokens = count(usage.candidatesTokenCount) + count(usage.thoughtsTokenCount);
    return {
      inputTokens: count(usage.promptTokenCount),
      cachedInputTokens: count(usage.cachedContentTokenCount),
      outputTokens,
    };
  },
};

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
