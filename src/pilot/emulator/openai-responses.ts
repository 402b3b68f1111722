import { type AnswerContext, type Frame, type Generation, modelOf, namedEvent } from './generation.ts';
import {
  closePrompt,
  isReasoningModel,
  maxTokensOf,
  type OpenaiInput,
  openaiSchema,
  openaiTools,
  scanResponses,
  servedTier,
} from './openai-prompt.ts';
import { type Answer, type Choice, planAnswer } from './plan-answer.ts';
import { isRecord } from './schema-value.ts';
import { piecesOf } from './words.ts';

interface ResponsesAnswer {
  readonly id: string;
  readonly reasoningId: string;
  readonly itemId: string;
  readonly callId: string;
  readonly createdAt: number;
  readonly model: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly input: OpenaiInput;
  readonly answer: Answer;
  readonly choice: Choice;
  readonly chunkTokens: number;
}

type Item = Readonly<Record<string, unknown>>;

/** `POST /v1/responses`. */
export function openaiResponses(body: Readonly<Record<string, unknown>>, context: AnswerContext): Generation {
  const model = modelOf(body.model);
  const input = closePrompt(scanResponses(body, model), context);
  const answer = planAnswer(answerRequest(body, model), context);
  const choice = answer.choices[0] ?? { kind: 'text', text: '', tokens: 0, cut: false };
  const reply: ResponsesAnswer = {
    id: context.answerId('resp'),
    reasoningId: context.newId('rs'),
    itemId: context.newId(choice.kind === 'tool' ? 'fc' : 'msg'),
    callId: context.newId('call'),
    createdAt: Math.floor(context.nowMs / 1_000),
    model,
    request: body,
    input,
    answer,
    choice,
    chunkTokens: context.profile.chunkTokens,
  };
  return {
    kind: 'openai',
    endpoint: 'responses',
    model,
    streamed: body.stream === true,
    streamType: 'text/event-stream',
    inputUsage: { input: input.inputTokens - input.cachedTokens, cacheRead: input.cachedTokens },
    visibleTokens: answer.visibleTokens,
    reasoningTokens: answer.reasoningTokens,
    body: (withUsage) =>
      JSON.stringify(responseOf(reply, endStatus(reply), outputOf(reply, endStatus(reply)), withUsage)),
    frames: (withUsage) => responseFrames(reply, withUsage),
    errorFrame: () =>
      namedEvent('error', {
        type: 'error',
        code: 'server_error',
        message: 'The server had an error.',
        param: null,
        sequence_number: 0,
      }),
  };
}

function answerRequest(body: Readonly<Record<string, unknown>>, model: string): Parameters<typeof planAnswer>[0] {
  const { tools, required } = openaiTools(body);
  const last: unknown = Array.isArray(body.input) ? body.input.at(-1) : undefined;
  return {
    tools,
    toolRequired: required,
    afterToolResult: isRecord(last) && last.type === 'function_call_output',
    schema: openaiSchema(isRecord(body.text) ? body.text.format : undefined),
    maxTokens: maxTokensOf(body.max_output_tokens, 'max_output_tokens'),
    reasons: isReasoningModel(model),
    choices: 1,
  };
}

function endStatus(reply: ResponsesAnswer): 'completed' | 'incomplete' {
  return reply.choice.kind === 'text' && reply.choice.cut ? 'incomplete' : 'completed';
}

function responseOf(reply: ResponsesAnswer, status: string, output: readonly Item[], withUsage: boolean): Item {
  const { request } = reply;
  return {
    id: reply.id,
    object: 'response',
    created_at: reply.createdAt,
    status,
    background: false,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: request.metadata ?? {},
    model: reply.model,
    output,
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: request.previous_response_id ?? null,
    reasoning: { effort: null, summary: null },
    service_tier: servedTier(request.service_tier),
    store: request.store ?? true,
    temperature: request.temperature ?? 1,
    text: request.text ?? { format: { type: 'text' } },
    tool_choice: request.tool_choice ?? 'auto',
    tools: request.tools ?? [],
    top_p: request.top_p ?? 1,
    truncation: 'disabled',
    usage: withUsage && status !== 'in_progress' ? usageOf(reply) : null,
    user: request.user ?? null,
  };
}

function usageOf(reply: ResponsesAnswer): Item {
  const { input, answer } = reply;
  const outputTokens = answer.visibleTokens + answer.reasoningTokens;
  return {
    input_tokens: input.inputTokens,
    input_tokens_details: { cached_tokens: input.cachedTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: answer.reasoningTokens },
    total_tokens: input.inputTokens + outputTokens,
  };
}

function outputOf(reply: ResponsesAnswer, status: string): Item[] {
  const items: Item[] = [];
  if (reply.answer.reasoningTokens > 0) items.push(reasoningItem(reply));
  items.push(answerItem(reply, status));
  return items;
}

function reasoningItem(reply: ResponsesAnswer): Item {
  return { id: reply.reasoningId, type: 'reasoning', summary: [] };
}

function answerItem(reply: ResponsesAnswer, status: string): Item {
  const { choice } = reply;
  const begun = status === 'in_progress';
  if (choice.kind === 'tool') {
    const text = begun ? '' : choice.arguments;
    return {
      id: reply.itemId,
      type: 'function_call',
      status,
      call_id: reply.callId,
      name: choice.name,
      arguments: text,
    };
  }
  const content = begun ? [] : [textPart(choice.text)];
  return { id: reply.itemId, type: 'message', status, role: 'assistant', content };
}

function textPart(text: string): Item {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function* responseFrames(reply: ResponsesAnswer, withUsage: boolean): Generator<Frame> {
  let sequence = 0;
  const event = (type: string, fields: Item): string =>
    namedEvent(type, { type, sequence_number: sequence++, ...fields });
  const status = endStatus(reply);
  const begun = responseOf(reply, 'in_progress', [], withUsage);
  yield { text: event('response.created', { response: begun }), tokens: 0 };
  yield { text: event('response.in_progress', { response: begun }), tokens: 0 };
  let index = 0;
  if (reply.answer.reasoningTokens > 0) {
    const item = reasoningItem(reply);
    yield { text: event('response.output_item.added', { output_index: 0, item }), tokens: 0 };
    yield { text: event('response.output_item.done', { output_index: 0, item }), tokens: 0 };
    index = 1;
  }
  const added = { output_index: index, item: answerItem(reply, 'in_progress') };
  yield { text: event('response.output_item.added', added), tokens: 0 };
  yield* reply.choice.kind === 'tool' ? toolFrames(reply, index, event) : textFrames(reply, index, event);
  const tokens = reply.answer.visibleTokens;
  yield { text: event('response.output_item.done', { output_index: index, item: answerItem(reply, status) }), tokens };
  const response = responseOf(reply, status, outputOf(reply, status), withUsage);
  yield { text: event(`response.${status}`, { response }), tokens };
}

function* textFrames(
  reply: ResponsesAnswer,
  index: number,
  event: (type: string, fields: Item) => string,
): Generator<Frame> {
  if (reply.choice.kind !== 'text') return;
  const { text } = reply.choice;
  const at = { item_id: reply.itemId, output_index: index, content_index: 0 };
  yield { text: event('response.content_part.added', { ...at, part: textPart('') }), tokens: 0 };
  let tokens = 0;
  for (const delta of piecesOf(text, reply.chunkTokens)) {
    tokens = Math.min(reply.choice.tokens, tokens + reply.chunkTokens);
    yield { text: event('response.output_text.delta', { ...at, delta, logprobs: [] }), tokens };
  }
  yield { text: event('response.output_text.done', { ...at, text, logprobs: [] }), tokens };
  yield { text: event('response.content_part.done', { ...at, part: textPart(text) }), tokens };
}

function* toolFrames(
  reply: ResponsesAnswer,
  index: number,
  event: (type: string, fields: Item) => string,
): Generator<Frame> {
  if (reply.choice.kind !== 'tool') return;
  const at = { item_id: reply.itemId, output_index: index };
  let tokens = 0;
  for (const delta of piecesOf(reply.choice.arguments, reply.chunkTokens)) {
    tokens = Math.min(reply.choice.tokens, tokens + reply.chunkTokens);
    yield { text: event('response.function_call_arguments.delta', { ...at, delta }), tokens };
  }
  const done = { ...at, name: reply.choice.name, arguments: reply.choice.arguments };
  yield { text: event('response.function_call_arguments.done', done), tokens: reply.choice.tokens };
}
