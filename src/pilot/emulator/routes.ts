import { anthropicCountTokens, anthropicMessages } from './anthropic-messages.ts';
import type { WireKind } from './emulator-types.ts';
import { geminiContent, geminiCountTokens, geminiEmbed } from './gemini-content.ts';
import type { AnswerContext, Generation } from './generation.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiCompletions, openaiEmbeddings, openaiModerations } from './openai-other.ts';
import { openaiResponses } from './openai-responses.ts';

type Body = Readonly<Record<string, unknown>>;

/** What a path means: an answer to generate, a plain JSON text, or nothing known. */
export type Route =
  | {
      readonly is: 'generation';
      readonly kind: WireKind;
      readonly make: (body: Body, context: AnswerContext) => Generation;
    }
  | { readonly is: 'count'; readonly kind: WireKind; readonly make: (body: Body) => string }
  | { readonly is: 'listing'; readonly kind: WireKind; readonly text: string }
  | { readonly is: 'unknown'; readonly kind: WireKind };

const posts: Readonly<Record<string, Route>> = {
  '/v1/chat/completions': { is: 'generation', kind: 'openai', make: openaiChat },
  '/v1/responses': { is: 'generation', kind: 'openai', make: openaiResponses },
  '/v1/embeddings': { is: 'generation', kind: 'openai', make: openaiEmbeddings },
  '/v1/completions': { is: 'generation', kind: 'openai', make: openaiCompletions },
  '/v1/moderations': { is: 'generation', kind: 'openai', make: openaiModerations },
  '/v1/messages': { is: 'generation', kind: 'anthropic', make: anthropicMessages },
  '/v1/messages/count_tokens': { is: 'count', kind: 'anthropic', make: anthropicCountTokens },
};

/** Finds what a request asks for. A leading `/openai`, `/anthropic` or `/gemini` is allowed and ignored. */
export function findRoute(method: string, path: string, query: string, isAnthropic: boolean): Route {
  const bare = path.replace(/^\/(openai|anthropic|gemini)(?=\/)/, '');
  if (method === 'POST')
    return posts[bare] ?? geminiRoute(bare, query) ?? { is: 'unknown', kind: kindOf(bare, isAnthropic) };
  return listing(bare, isAnthropic);
}

function kindOf(path: string, isAnthropic: boolean): WireKind {
  if (path.startsWith('/v1beta')) return 'gemini';
  return isAnthropic || path.startsWith('/v1/messages') ? 'anthropic' : 'openai';
}

function geminiRoute(path: string, query: string): Route | undefined {
  const match = /^\/v1(?:beta|alpha)?\/(?:models|tunedModels)\/([^/:]+):(\w+)$/.exec(path);
  if (!match) return undefined;
  const name = decodeURIComponent(match[1] ?? '');
  const stream = /(^|&)alt=sse(&|$)/.test(query) ? 'sse' : 'array';
  switch (match[2]) {
    case 'generateContent':
      return { is: 'generation', kind: 'gemini', make: (body, context) => geminiContent(name, body, 'no', context) };
    case 'streamGenerateContent':
      return { is: 'generation', kind: 'gemini', make: (body, context) => geminiContent(name, body, stream, context) };
    case 'embedContent':
      return { is: 'generation', kind: 'gemini', make: (body, context) => geminiEmbed(name, body, false, context) };
    case 'batchEmbedContents':
      return { is: 'generation', kind: 'gemini', make: (body, context) => geminiEmbed(name, body, true, context) };
    case 'countTokens':
      return { is: 'count', kind: 'gemini', make: (body) => geminiCountTokens(name, body) };
    default:
      return undefined;
  }
}

const openaiModels = [
  'gpt-5',
  'gpt-5-mini',
  'gpt-5-nano',
  'gpt-4o',
  'gpt-4o-mini',
  'text-embedding-3-small',
  'omni-moderation-latest',
];
const anthropicModels = ['claude-opus-4-1', 'claude-sonnet-4-5', 'claude-haiku-4-5'];
const geminiModels = ['gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-2.5-flash-lite', 'gemini-embedding-001'];

function listing(path: string, isAnthropic: boolean): Route {
  const kind = kindOf(path, isAnthropic);
  const match = /^\/v1(?:beta)?\/models(?:\/([^/]+))?$/.exec(path);
  if (!match) return { is: 'unknown', kind };
  const [names, describe] = catalogueOf(kind);
  const name = match[1];
  if (name !== undefined && !names.includes(name)) return { is: 'unknown', kind };
  const value = name === undefined ? listOf(kind, names.map(describe)) : describe(name);
  return { is: 'listing', kind, text: JSON.stringify(value) };
}

function catalogueOf(kind: WireKind): [readonly string[], (name: string) => unknown] {
  switch (kind) {
    case 'openai':
      return [openaiModels, (id) => ({ id, object: 'model', created: 1_735_689_600, owned_by: 'emulator' })];
    case 'anthropic':
      return [anthropicModels, (id) => ({ type: 'model', id, display_name: id, created_at: '2025-01-01T00:00:00Z' })];
    case 'gemini':
      return [
        geminiModels,
        (id) => ({
          name: `models/${id}`,
          version: '001',
          displayName: id,
          inputTokenLimit: 1_048_576,
          outputTokenLimit: 65_536,
          supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
        }),
      ];
  }
}

function listOf(kind: WireKind, models: readonly unknown[]): unknown {
  if (kind === 'gemini') return { models };
  if (kind === 'openai') return { object: 'list', data: models };
  return { data: models, has_more: false, first_id: anthropicModels[0], last_id: anthropicModels.at(-1) };
}
