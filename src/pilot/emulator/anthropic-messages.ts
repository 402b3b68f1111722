import { type AnthropicInput, anthropicInput, scanMessages } from './anthropic-prompt.ts';
import { type AnswerContext, type Frame, type Generation, modelOf, namedEvent, RefusedRequest } from './generation.ts';
import { type Answer, type Choice, planAnswer, type ToolChoice } from './plan-answer.ts';
import { isRecord } from './schema-value.ts';
import { piecesOf, wordsOf } from './words.ts';

type Body = Readonly<Record<string, unknown>>;

interface MessagesAnswer {
  readonly id: string;
  readonly toolId: string;
  readonly model: string;
  readonly tier: string;
  readonly input: AnthropicInput;
  readonly answer: Answer;
  readonly choice: Choice;
  /** The thinking block is shown. */
  readonly thinks: boolean;
  readonly chunkTokens: number;
}

/** `POST /v1/messages`. Thinking is billed as output; it has no bucket of its own in Anthropic's usage. */
export function anthropicMessages(body: Body, context: AnswerContext): Generation {
  const model = modelOf(body.model);
  const maxTokens = maxTokensOf(body.max_tokens);
  const input = anthropicInput(scanMessages(body, model), context);
  const thinks = isRecord(body.thinking) && body.thinking.type !== 'disabled';
  const answer = planAnswer(answerRequest(body, maxTokens, thinks), context);
  const reply: MessagesAnswer = {
    id: context.answerId('msg'),
    toolId: context.newId('toolu'),
    model,
    tier: body.service_tier === 'priority' ? 'priority' : 'standard',
    input,
    answer,
    choice: answer.choices[0] ?? { kind: 'text', text: '', tokens: 0, cut: false },
    thinks: thinks && answer.reasoningTokens > 0,
    chunkTokens: context.profile.chunkTokens,
  };
  return {
    kind: 'anthropic',
    endpoint: 'messages',
    model,
    streamed: body.stream === true,
    streamType: 'text/event-stream',
    inputUsage: {
      input: input.inputTokens,
      cacheRead: input.readTokens,
      cacheWrite5m: input.written5mTokens,
      cacheWrite1h: input.written1hTokens,
    },
    visibleTokens: answer.visibleTokens,
    reasoningTokens: answer.reasoningTokens,
    body: (withUsage) => messageBody(reply, withUsage),
    frames: (withUsage) => messageFrames(reply, withUsage),
    errorFrame: () =>
      namedEvent('error', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
  };
}

/** `POST /v1/messages/count_tokens`; nothing is generated and nothing is billed. */
export function anthropicCountTokens(body: Body): string {
  return JSON.stringify({ input_tokens: scanMessages(body, modelOf(body.model)).scan.tokens });
}

function maxTokensOf(value: unknown): number {
  if (value === undefined) throw new RefusedRequest('max_tokens: Field required', 'max_tokens');
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw new RefusedRequest('max_tokens: Input should be greater than or equal to 1', 'max_tokens');
}

function answerRequest(body: Body, maxTokens: number, thinks: boolean): Parameters<typeof planAnswer>[0] {
  const messages = Array.isArray(body.messages) ? body.messages : [];
  const last: unknown = messages.at(-1);
  const blocks = isRecord(last) && Array.isArray(last.content) ? last.content : [];
  const config = isRecord(body.output_config) ? body.output_config : {};
  const format = config.format ?? body.output_format;
  return {
    ...toolsOf(body),
    afterToolResult: blocks.some((block) => isRecord(block) && block.type === 'tool_result'),
    schema: isRecord(format) && format.type === 'json_schema' ? (format.schema ?? {}) : null,
    maxTokens,
    reasons: thinks,
    choices: 1,
  };
}

function toolsOf(body: Body): { tools: ToolChoice[]; toolRequired: boolean } {
  const choice = isRecord(body.tool_choice) ? body.tool_choice : { type: 'auto' };
  if (choice.type === 'none' || !Array.isArray(body.tools)) return { tools: [], toolRequired: false };
  const all = body.tools.filter(isRecord).map((tool) => ({ name: String(tool.name), parameters: tool.input_schema }));
  const named = all.filter((tool) => tool.name === choice.name);
  return { tools: named.length > 0 ? named : all, toolRequired: choice.type === 'any' || choice.type === 'tool' };
}

function inputUsage(reply: MessagesAnswer): Body {
  const { input } = reply;
  return {
    input_tokens: input.inputTokens,
    cache_creation_input_tokens: input.written5mTokens + input.written1hTokens,
    cache_read_input_tokens: input.readTokens,
  };
}

function startUsage(reply: MessagesAnswer, outputTokens: number): Body {
  const { written5mTokens, written1hTokens } = reply.input;
  return {
    ...inputUsage(reply),
    cache_creation: { ephemeral_5m_input_tokens: written5mTokens, ephemeral_1h_input_tokens: written1hTokens },
    output_tokens: outputTokens,
    service_tier: reply.tier,
  };
}

function outputTokensOf(reply: MessagesAnswer): number {
  return reply.answer.visibleTokens + reply.answer.reasoningTokens;
}

function stopReason(choice: Choice): string {
  return choice.kind === 'tool' ? 'tool_use' : choice.cut ? 'max_tokens' : 'end_turn';
}

function thinkingText(reply: MessagesAnswer): string {
  return wordsOf(reply.answer.reasoningTokens, 7);
}

const signature = 'ZW11bGF0ZWQtc2lnbmF0dXJl';

function messageBody(reply: MessagesAnswer, withUsage: boolean): string {
  const { choice } = reply;
  const content: unknown[] = [];
  if (reply.thinks) content.push({ type: 'thinking', thinking: thinkingText(reply), signature });
  if (choice.kind === 'text') content.push({ type: 'text', text: choice.text });
  else content.push({ type: 'tool_use', id: reply.toolId, name: choice.name, input: JSON.parse(choice.arguments) });
  return JSON.stringify({
    id: reply.id,
    type: 'message',
    role: 'assistant',
    model: reply.model,
    content,
    stop_reason: stopReason(choice),
    stop_sequence: null,
    ...(withUsage ? { usage: startUsage(reply, outputTokensOf(reply)) } : {}),
  });
}

function* messageFrames(reply: MessagesAnswer, withUsage: boolean): Generator<Frame> {
  const message = {
    id: reply.id,
    type: 'message',
    role: 'assistant',
    model: reply.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    // The real stream also reports a first output token here; the last value of message_delta is the one that counts.
    ...(withUsage ? { usage: startUsage(reply, Math.min(1, outputTokensOf(reply))) } : {}),
  };
  yield { text: namedEvent('message_start', { type: 'message_start', message }), tokens: 0 };
  if (reply.thinks) yield* thinkingFrames(reply);
  yield* answerFrames(reply, reply.thinks ? 1 : 0);
  const tokens = reply.answer.visibleTokens;
  const delta = {
    type: 'message_delta',
    delta: { stop_reason: stopReason(reply.choice), stop_sequence: null },
    ...(withUsage ? { usage: { ...inputUsage(reply), output_tokens: outputTokensOf(reply) } } : {}),
  };
  yield { text: namedEvent('message_delta', delta), tokens };
  yield { text: namedEvent('message_stop', { type: 'message_stop' }), tokens };
}

function blockEvent(type: 'start' | 'delta' | 'stop', index: number, fields: Body): string {
  const name = `content_block_${type}`;
  return namedEvent(name, { type: name, index, ...fields });
}

/** Thoughts come before the first visible token, so all of these are due at once with it. */
function* thinkingFrames(reply: MessagesAnswer): Generator<Frame> {
  const start = { content_block: { type: 'thinking', thinking: '', signature: '' } };
  yield { text: blockEvent('start', 0, start), tokens: 0 };
  for (const thinking of piecesOf(thinkingText(reply), 64))
    yield { text: blockEvent('delta', 0, { delta: { type: 'thinking_delta', thinking } }), tokens: 0 };
  yield { text: blockEvent('delta', 0, { delta: { type: 'signature_delta', signature } }), tokens: 0 };
  yield { text: blockEvent('stop', 0, {}), tokens: 0 };
}

function* answerFrames(reply: MessagesAnswer, index: number): Generator<Frame> {
  const { choice, chunkTokens } = reply;
  const isTool = choice.kind === 'tool';
  const block = isTool
    ? { type: 'tool_use', id: reply.toolId, name: choice.name, input: {} }
    : { type: 'text', text: '' };
  yield { text: blockEvent('start', index, { content_block: block }), tokens: 0 };
  yield { text: namedEvent('ping', { type: 'ping' }), tokens: 0 };
  let tokens = 0;
  const wrap = isTool
    ? (piece: string): string => `{"type":"input_json_delta","partial_json":${JSON.stringify(piece)}}`
    : (piece: string): string => `{"type":"text_delta","text":${JSON.stringify(piece)}}`;
  const head = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":`;
  for (const piece of piecesOf(isTool ? choice.arguments : choice.text, chunkTokens)) {
    tokens = Math.min(choice.tokens, tokens + chunkTokens);
    yield { text: `${head}${wrap(piece)}}\n\n`, tokens };
  }
  yield { text: blockEvent('stop', index, {}), tokens: choice.tokens };
}
