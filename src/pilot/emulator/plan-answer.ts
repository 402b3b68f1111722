import { draw } from './draw.ts';
import type { AnswerContext } from './generation.ts';
import { padToTokens, valueFor } from './schema-value.ts';
import { countWords, firstWords, wordsOf } from './words.ts';

export interface ToolChoice {
  readonly name: string;
  readonly parameters: unknown;
}

export interface AnswerRequest {
  /** Tools the model may call now; empty when there are none or the client forbids them. */
  readonly tools: readonly ToolChoice[];
  /** The client demands a tool call. */
  readonly toolRequired: boolean;
  /** The last message is the result of a tool, so the model answers in words. */
  readonly afterToolResult: boolean;
  /** Schema of the structured output; null for free text. */
  readonly schema: unknown;
  /** Hidden tokens first, then visible ones, together at most this many. */
  readonly maxTokens: number;
  readonly reasons: boolean;
  readonly choices: number;
}

export type Choice =
  | { readonly kind: 'text'; readonly text: string; readonly tokens: number; readonly cut: boolean }
  | { readonly kind: 'tool'; readonly name: string; readonly arguments: string; readonly tokens: number };

export interface Answer {
  readonly choices: readonly Choice[];
  readonly reasoningTokens: number;
  /** Of all choices. */
  readonly visibleTokens: number;
}

/** No request is answered with more, whatever it asks for. */
const answerTokensMax = 200_000;

/** Decides what is said: a tool call, a structured value or plain words, and how many tokens it takes. */
export function planAnswer(request: AnswerRequest, context: AnswerContext): Answer {
  const bound = Math.min(request.maxTokens, answerTokensMax);
  const reasoningTokens = Math.min(bound, hiddenTokens(request, context));
  const choices = Array.from({ length: request.choices }, () => planChoice(request, bound - reasoningTokens, context));
  return { choices, reasoningTokens, visibleTokens: choices.reduce((sum, choice) => sum + choice.tokens, 0) };
}

function hiddenTokens(request: AnswerRequest, context: AnswerContext): number {
  const { controls, profile, random } = context;
  if (controls.reasoningTokens !== null) return controls.reasoningTokens;
  if (!request.reasons || controls.outputTokens !== null) return 0;
  return Math.round(draw(profile.reasoningTokens, random));
}

function planChoice(request: AnswerRequest, maxTokens: number, context: AnswerContext): Choice {
  const tool = pickTool(request, context);
  return tool ? toolCall(tool, context) : textChoice(request.schema, maxTokens, context);
}

function pickTool(request: AnswerRequest, context: AnswerContext): ToolChoice | undefined {
  const { controls, profile, random } = context;
  if (controls.tools === 'none') return undefined;
  if (request.toolRequired || controls.tools === 'call') return request.tools[0];
  if (request.afterToolResult || request.tools.length === 0) return undefined;
  return random.next() < profile.toolCalls ? request.tools[0] : undefined;
}

function toolCall(tool: ToolChoice, context: AnswerContext): Choice {
  const value = valueFor(tool.parameters, context.random);
  // The tool's name counts as one token beside the words of its arguments.
  const wanted = (context.controls.outputTokens ?? 0) - 1;
  const text = padToTokens(value, tool.parameters, wanted);
  return { kind: 'tool', name: tool.name, arguments: text, tokens: countWords(text) + 1 };
}

function textChoice(schema: unknown, maxTokens: number, context: AnswerContext): Choice {
  const { controls, profile, random } = context;
  if (schema !== null && schema !== undefined) {
    const text = padToTokens(valueFor(schema, random), schema, controls.outputTokens ?? 0);
    const tokens = countWords(text);
    if (tokens <= maxTokens) return { kind: 'text', text, tokens, cut: false };
    return { kind: 'text', text: firstWords(text, maxTokens), tokens: maxTokens, cut: true };
  }
  const wanted = controls.outputTokens ?? Math.max(1, Math.round(draw(profile.outputTokens, random)));
  const tokens = Math.min(wanted, maxTokens);
  return { kind: 'text', text: wordsOf(tokens, Math.floor(random.next() * 4_096)), tokens, cut: wanted > maxTokens };
}
