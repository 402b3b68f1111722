import { type AnswerContext, RefusedRequest } from './generation.ts';
import type { ToolChoice } from './plan-answer.ts';
import { PromptScan } from './prompt-scan.ts';
import { isRecord } from './schema-value.ts';

/** An image, audio clip or file counts this many tokens, whatever its size. */
const opaquePartTokens = 256;

export interface OpenaiInput {
  readonly inputTokens: number;
  readonly cachedTokens: number;
}

/** Counts the prompt and looks its prefix up; the prompt is remembered for the next request. */
export function closePrompt(scan: PromptScan, context: AnswerContext): OpenaiInput {
  scan.finish();
  return { inputTokens: scan.tokens, cachedTokens: context.cache.use(scan, context.nowMs) };
}

/** Reads a chat request's prompt in the order the model sees it: tools first, then the messages. */
export function scanChat(body: Readonly<Record<string, unknown>>, model: string): PromptScan {
  const scan = new PromptScan(model);
  scanTools(scan, body.tools);
  if (!Array.isArray(body.messages)) throw new RefusedRequest("'messages' must be a list of messages.", 'messages');
  for (const message of body.messages) scanItem(scan, message);
  return scan;
}

/** Reads a Responses request: tools, instructions, then the input items. */
export function scanResponses(body: Readonly<Record<string, unknown>>, model: string): PromptScan {
  const scan = new PromptScan(model);
  scanTools(scan, body.tools);
  if (typeof body.instructions === 'string') scan.add(body.instructions);
  if (typeof body.input === 'string') scan.add(body.input);
  else if (Array.isArray(body.input)) for (const item of body.input) scanItem(scan, item);
  else if (!isRecord(body.prompt)) throw new RefusedRequest("Missing required parameter: 'input'.", 'input');
  return scan;
}

/** Tool definitions count as the words of their compact JSON. */
function scanTools(scan: PromptScan, tools: unknown): void {
  if (Array.isArray(tools) && tools.length > 0) scan.add(JSON.stringify(tools));
}

function scanItem(scan: PromptScan, item: unknown): void {
  if (!isRecord(item)) throw new RefusedRequest('Each message must be an object.', 'messages');
  scanContent(scan, item.content);
  if (typeof item.output === 'string') scan.add(item.output);
  if (typeof item.arguments === 'string') scan.add(`${String(item.name)} ${item.arguments}`);
  if (!Array.isArray(item.tool_calls)) return;
  for (const call of item.tool_calls)
    if (isRecord(call) && isRecord(call.function))
      scan.add(`${String(call.function.name)} ${String(call.function.arguments)}`);
}

function scanContent(scan: PromptScan, content: unknown): void {
  if (typeof content === 'string') scan.add(content);
  if (!Array.isArray(content)) return;
  for (const part of content) {
    if (!isRecord(part)) continue;
    if (typeof part.text === 'string') scan.add(part.text);
    else scan.addOpaque(opaquePartTokens);
  }
}

/** Tools in either of OpenAI's two spellings, the one a forced choice names first. */
export function openaiTools(body: Readonly<Record<string, unknown>>): { tools: ToolChoice[]; required: boolean } {
  if (body.tool_choice === 'none' || !Array.isArray(body.tools)) return { tools: [], required: false };
  const tools: ToolChoice[] = [];
  for (const tool of body.tools) {
    const spec = isRecord(tool) && isRecord(tool.function) ? tool.function : tool;
    if (isRecord(spec) && typeof spec.name === 'string') tools.push({ name: spec.name, parameters: spec.parameters });
  }
  const choice = body.tool_choice;
  const named = isRecord(choice) ? (isRecord(choice.function) ? choice.function.name : choice.name) : undefined;
  const forced = tools.filter((tool) => tool.name === named);
  return { tools: forced.length > 0 ? forced : tools, required: choice === 'required' || forced.length > 0 };
}

/** Schema of `response_format` or of the Responses API's `text.format`; null for free text. */
export function openaiSchema(format: unknown): unknown {
  if (!isRecord(format)) return null;
  if (format.type === 'json_object') return { type: 'object', properties: { result: { type: 'string' } } };
  if (format.type !== 'json_schema') return null;
  return isRecord(format.json_schema) ? (format.json_schema.schema ?? {}) : (format.schema ?? {});
}

/** OpenAI's models that think before they answer. */
export function isReasoningModel(model: string): boolean {
  return /^(o\d|gpt-5(?!.*chat))/.test(model);
}

/** @throws RefusedRequest for a bound that is no positive whole number */
export function maxTokensOf(value: unknown, param: string): number {
  if (value === undefined || value === null) return Number.POSITIVE_INFINITY;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw new RefusedRequest(`Invalid '${param}': expected an integer of at least 1.`, param);
}

/** A model that answers serves the tier asked for; `auto` is served as `default`. */
export function servedTier(asked: unknown): string {
  return typeof asked === 'string' && asked !== 'auto' ? asked : 'default';
}
