import { type AnswerContext, type Frame, type Generation, modelOf } from './generation.ts';
import {
  closePrompt,
  isReasoningModel,
  maxTokensOf,
  type OpenaiInput,
  openaiSchema,
  openaiTools,
  scanChat,
  servedTier,
} from './openai-prompt.ts';
import { type Answer, type Choice, planAnswer } from './plan-answer.ts';
import { isRecord } from './schema-value.ts';
import { piecesOf } from './words.ts';

/** Choices one request may ask for. */
const choicesMax = 128;

interface ChatAnswer {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly tier: string;
  readonly input: OpenaiInput;
  readonly answer: Answer;
  readonly callIds: readonly string[];
  readonly includeUsage: boolean;
  readonly chunkTokens: number;
}

/** `POST /v1/chat/completions`. */
export function openaiChat(body: Readonly<Record<string, unknown>>, context: AnswerContext): Generation {
  const model = modelOf(body.model);
  const input = closePrompt(scanChat(body, model), context);
  const answer = planAnswer(answerRequest(body, model), context);
  const options = isRecord(body.stream_options) ? body.stream_options : {};
  const chat: ChatAnswer = {
    id: context.answerId('chatcmpl'),
    created: Math.floor(context.nowMs / 1_000),
    model,
    tier: servedTier(body.service_tier),
    input,
    answer,
    callIds: answer.choices.map(() => context.newId('call')),
    includeUsage: options.include_usage === true,
    chunkTokens: context.profile.chunkTokens,
  };
  return {
    kind: 'openai',
    endpoint: 'chat.completions',
    model,
    streamed: body.stream === true,
    streamType: 'text/event-stream',
    inputUsage: { input: input.inputTokens - input.cachedTokens, cacheRead: input.cachedTokens },
    visibleTokens: answer.visibleTokens,
    reasoningTokens: answer.reasoningTokens,
    body: (withUsage) => chatBody(chat, withUsage),
    frames: (withUsage) => chatFrames(chat, withUsage),
    errorFrame: () =>
      'data: {"error":{"message":"The server had an error while processing your request.","type":"server_error","param":null,"code":null}}\n\n',
  };
}

function answerRequest(body: Readonly<Record<string, unknown>>, model: string): Parameters<typeof planAnswer>[0] {
  const { tools, required } = openaiTools(body);
  const messages = Array.isArray(body.messages) ? body.messages : [];
  const last: unknown = messages.at(-1);
  const max = body.max_completion_tokens ?? body.max_tokens;
  return {
    tools,
    toolRequired: required,
    afterToolResult: isRecord(last) && last.role === 'tool',
    schema: openaiSchema(body.response_format),
    maxTokens: maxTokensOf(max, 'max_completion_tokens'),
    reasons: isReasoningModel(model) && body.reasoning_effort !== 'none' && body.reasoning_effort !== 'minimal',
    choices: Math.min(choicesMax, typeof body.n === 'number' && body.n >= 1 ? Math.floor(body.n) : 1),
  };
}

function usageOf(chat: ChatAnswer): unknown {
  const { input, answer } = chat;
  const completion = answer.visibleTokens + answer.reasoningTokens;
  return {
    prompt_tokens: input.inputTokens,
    completion_tokens: completion,
    total_tokens: input.inputTokens + completion,
    prompt_tokens_details: { cached_tokens: input.cachedTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: answer.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function chatBody(chat: ChatAnswer, withUsage: boolean): string {
  return JSON.stringify({
    id: chat.id,
    object: 'chat.completion',
    created: chat.created,
    model: chat.model,
    choices: chat.answer.choices.map((choice, index) => ({
      index,
      message: messageOf(choice, chat.callIds[index] ?? ''),
      logprobs: null,
      finish_reason: finishReason(choice),
    })),
    ...(withUsage ? { usage: usageOf(chat) } : {}),
    service_tier: chat.tier,
    system_fingerprint: 'fp_emulated',
  });
}

function messageOf(choice: Choice, callId: string): unknown {
  if (choice.kind === 'text') return { role: 'assistant', content: choice.text, refusal: null, annotations: [] };
  const call = { id: callId, type: 'function', function: { name: choice.name, arguments: choice.arguments } };
  return { role: 'assistant', content: null, refusal: null, annotations: [], tool_calls: [call] };
}

function finishReason(choice: Choice): string {
  return choice.kind === 'tool' ? 'tool_calls' : choice.cut ? 'length' : 'stop';
}

function* chatFrames(chat: ChatAnswer, withUsage: boolean): Generator<Frame> {
  const head = `data: {"id":"${chat.id}","object":"chat.completion.chunk","created":${chat.created},"model":${JSON.stringify(chat.model)},"service_tier":"${chat.tier}","system_fingerprint":"fp_emulated","choices":[`;
  const tail = chat.includeUsage && withUsage ? '],"usage":null}\n\n' : ']}\n\n';
  let tokens = 0;
  for (const [index, choice] of chat.answer.choices.entries()) {
    const delta = (value: string, finish: string): string =>
      `${head}{"index":${index},"delta":${value},"logprobs":null,"finish_reason":${finish}}${tail}`;
    for (const frame of deltasOf(choice, chat.callIds[index] ?? '', chat.chunkTokens)) {
      yield { text: delta(frame.text, 'null'), tokens: tokens + frame.tokens };
    }
    tokens += choice.tokens;
    yield { text: delta('{}', `"${finishReason(choice)}"`), tokens };
  }
  if (chat.includeUsage && withUsage) yield { text: `${head}],"usage":${JSON.stringify(usageOf(chat))}}\n\n`, tokens };
  yield { text: 'data: [DONE]\n\n', tokens };
}

function* deltasOf(choice: Choice, callId: string, chunkTokens: number): Generator<Frame> {
  let tokens = 0;
  if (choice.kind === 'text') {
    yield { text: '{"role":"assistant","content":"","refusal":null}', tokens };
    for (const piece of piecesOf(choice.text, chunkTokens)) {
      tokens = Math.min(choice.tokens, tokens + chunkTokens);
      yield { text: `{"content":${JSON.stringify(piece)}}`, tokens };
    }
    return;
  }
  const call = { index: 0, id: callId, type: 'function', function: { name: choice.name, arguments: '' } };
  yield { text: JSON.stringify({ role: 'assistant', content: null, tool_calls: [call] }), tokens: 1 };
  for (const piece of piecesOf(choice.arguments, chunkTokens)) {
    tokens = Math.min(choice.tokens, tokens + chunkTokens);
    yield { text: `{"tool_calls":[{"index":0,"function":{"arguments":${JSON.stringify(piece)}}}]}`, tokens };
  }
}
