import type { WireKind } from '../emulator/emulator-types.ts';
import { type PromptMessage, promptOf } from './prompt-text.ts';
import type { ReplayOptions } from './replay-types.ts';
import type { TraceRecord } from './trace-record.ts';

/** One HTTP request that carries a record. */
export interface ReplayRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly streamed: boolean;
}

const modelDefaults: Readonly<Record<WireKind, string>> = {
  openai: 'gpt-4o-mini',
  anthropic: 'claude-haiku-4-5',
  gemini: 'gemini-2.5-flash-lite',
};

/** Writes a record as a request of the chosen kind, asking for exactly the trace's output tokens. */
export function requestOf(
  record: TraceRecord,
  options: ReplayOptions,
  basePath: string,
  streamed: boolean,
): ReplayRequest {
  const kind = options.kind ?? 'openai';
  const model = options.model ?? record.model ?? modelDefaults[kind];
  // A request must ask for at least one token; the emulator is told the exact number beside it.
  const wanted = { model, maxTokens: Math.max(1, record.outputTokens), streamed, messages: promptOf(record) };
  const { path, body } = writers[kind](wanted);
  return {
    path: `${basePath}${path}`,
    headers: headersOf(record, options, kind),
    body: JSON.stringify(body),
    streamed,
  };
}

interface Wanted {
  readonly model: string;
  readonly maxTokens: number;
  readonly streamed: boolean;
  readonly messages: readonly PromptMessage[];
}

const writers: Readonly<Record<WireKind, (wanted: Wanted) => { path: string; body: unknown }>> = {
  openai: ({ model, maxTokens, streamed, messages }) => ({
    path: '/chat/completions',
    body: {
      model,
      messages: messages.map(({ part, text }) => ({ role: roleOf(part), content: text })),
      max_completion_tokens: maxTokens,
      ...(streamed ? { stream: true, stream_options: { include_usage: true } } : {}),
    },
  }),
  anthropic: ({ model, maxTokens, streamed, messages }) => ({
    path: '/v1/messages',
    body: {
      model,
      max_tokens: maxTokens,
      ...systemOf(messages, (text) => ({ system: text })),
      messages: spoken(messages).map(({ part, text }) => ({ role: roleOf(part), content: text })),
      ...(streamed ? { stream: true } : {}),
    },
  }),
  gemini: ({ model, maxTokens, streamed, messages }) => ({
    path: `/v1beta/models/${encodeURIComponent(model)}:${streamed ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: {
      ...systemOf(messages, (text) => ({ systemInstruction: { parts: [{ text }] } })),
      contents: spoken(messages).map(({ part, text }) => ({
        role: part === 'history' ? 'model' : 'user',
        parts: [{ text }],
      })),
      generationConfig: { maxOutputTokens: maxTokens, thinkingConfig: { thinkingBudget: 0 } },
    },
  }),
};

function roleOf(part: PromptMessage['part']): 'system' | 'user' | 'assistant' {
  return part === 'system' ? 'system' : part === 'history' ? 'assistant' : 'user';
}

function spoken(messages: readonly PromptMessage[]): readonly PromptMessage[] {
  return messages.filter((message) => message.part !== 'system');
}

function systemOf(messages: readonly PromptMessage[], write: (text: string) => object): object {
  const text = messages.filter((message) => message.part === 'system').map((message) => message.text);
  return text.length > 0 ? write(text.join(' ')) : {};
}

function headersOf(record: TraceRecord, options: ReplayOptions, kind: WireKind): Record<string, string> {
  const attribution = {
    ...options.attribution,
    ...record.attribution,
    ...(record.session === null ? {} : { session: record.session }),
  };
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'emulator-output-tokens': String(record.outputTokens),
    ...keyHeaders(kind, options.apiKey ?? 'burnrate-replay'),
    ...options.headers,
  };
  for (const [name, value] of Object.entries(attribution))
    headers[`burnrate-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`] = String(value);
  return headers;
}

function keyHeaders(kind: WireKind, apiKey: string): Record<string, string> {
  switch (kind) {
    case 'openai':
      return { authorization: `Bearer ${apiKey}` };
    case 'anthropic':
      return { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' };
    case 'gemini':
      return { 'x-goog-api-key': apiKey };
  }
}
