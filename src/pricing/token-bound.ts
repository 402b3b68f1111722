import { isObject, type JsonObject } from './usage-counter.ts';
import type { UsageProtocol } from './usage-reading.ts';

/** An upper bound of the input tokens of a request, or why its body does not bound them. */
export type InputBound =
  | { readonly ok: true; readonly tokens: number; readonly basis: 'bytes' | 'context_window' }
  | { readonly ok: false; readonly reason: 'unbounded_input'; readonly message: string };

/** What providers put around a request beyond its own text: the chat template and a preamble of some models. */
const templateTokens = 256;
/**
 * Further text where tools or an output format are asked for. Anthropic documents 264 to 530 tokens of tool-use system
 * prompt by model and tool choice; others document none, so it is held with room to spare.
 */
const instructionTokens = 1_024;
/** Fields that bring in such instructions. */
const instructingFields = [
  'tools',
  'functions',
  'response_format',
  'text',
  'output_config',
  'output_format',
  'generationConfig',
] as const;
/** Markers around each message, content part and tool. */
const tokensPerPart = 16;
/** Nesting beyond this is not looked into but taken as unbounded. */
const depthMax = 64;

/** Content whose tokens are never more than its bytes in the body. */
const textParts: ReadonlySet<string> = new Set([
  'text',
  'input_text',
  'output_text',
  'summary_text',
  'reasoning_text',
  'refusal',
  'message',
  'reasoning',
  'thinking',
  'redacted_thinking',
  'tool_use',
  'tool_result',
  'function_call',
  'function_call_output',
  'function',
  'custom',
  'custom_tool_call',
  'custom_tool_call_output',
]);

/** Tools that the client runs; every other tool puts text of its own into the input. */
const clientTools: ReadonlySet<string> = new Set(['function', 'custom']);

/** Fields that bring in what is not in the body. */
const referenceFields: ReadonlySet<string> = new Set([
  'previous_response_id',
  'conversation',
  'file_id',
  'file_ids',
  'web_search_options',
  'mcp_servers',
  'container',
  'cachedContent',
  'cached_content',
  'fileData',
  'file_data',
  'inlineData',
  'inline_data',
  'image_url',
  'input_audio',
]);

/** Gemini's tools have no type: each is a field. Only declared functions run at the client. */
const geminiClientTool = new Set(['functionDeclarations', 'function_declarations']);

/**
 * Never less than what the provider bills as input. Tokenizers work on bytes and no token is shorter than one, so the
 * UTF-8 bytes of the body bound its text; what is not text, or not in the body, holds the model's context window.
 * @param request.bodyBytes size of the JSON body as sent
 * @param request.contextWindow of the model, tokens; null when unknown, and then what the body does not bound is refused
 */
export function boundInput(request: {
  readonly protocol: UsageProtocol;
  readonly body: unknown;
  readonly bodyBytes: number;
  readonly contextWindow: number | null;
}): InputBound {
  const found = { parts: 0, outside: isObject(request.body) ? null : 'a body that is not an object' };
  if (isObject(request.body)) found.outside = outsideOf(request.protocol, request.body) ?? scan(request.body, found, 0);
  if (found.outside === null) {
    const around = templateTokens + (instructs(request.body) ? instructionTokens : 0) + tokensPerPart * found.parts;
    return { ok: true, tokens: request.bodyBytes + around, basis: 'bytes' };
  }
  if (request.contextWindow !== null) return { ok: true, tokens: request.contextWindow, basis: 'context_window' };
  const message = `${found.outside} cannot be bounded from the body, and the model's context window is unknown`;
  return { ok: false, reason: 'unbounded_input', message };
}

function instructs(body: unknown): boolean {
  return isObject(body) && instructingFields.some((field) => body[field] !== undefined);
}

/** What the top of a body brings in from outside; null when nothing. */
function outsideOf(protocol: UsageProtocol, body: JsonObject): string | null {
  // OpenAI's hosted prompt is an object, a completion's prompt is text.
  if (isObject(body.prompt)) return 'a hosted prompt';
  for (const tool of Array.isArray(body.tools) ? body.tools : []) {
    if (!isObject(tool) || !runsAtClient(protocol, tool)) return 'a tool the provider runs';
  }
  return null;
}

function runsAtClient(protocol: UsageProtocol, tool: JsonObject): boolean {
  if (protocol === 'gemini') return Object.keys(tool).every((field) => geminiClientTool.has(field));
  return tool.type === undefined || clientTools.has(String(tool.type));
}

/** Looks for content that is not text. Tool definitions and schemas are text whatever they say, so they are not looked into. */
function scan(value: unknown, found: { parts: number }, depth: number): string | null {
  if (depth > depthMax) return 'deeply nested content';
  if (Array.isArray(value)) return scanList(value, found, depth);
  if (!isObject(value)) return null;
  for (const [field, child] of Object.entries(value)) {
    if (opaqueFields.has(field) || child === null) continue;
    if (referenceFields.has(field)) return `"${field}"`;
    const outside = scan(child, found, depth + 1);
    if (outside !== null) return outside;
  }
  return null;
}

/** Text by construction: schemas, arguments the model wrote, labels. */
const opaqueFields: ReadonlySet<string> = new Set([
  'tools',
  'functions',
  'response_format',
  'text',
  'metadata',
  'arguments',
  'args',
  'input_schema',
  'parameters',
  'output_config',
  'output_format',
  'generationConfig',
  'responseSchema',
]);

function scanList(list: readonly unknown[], found: { parts: number }, depth: number): string | null {
  found.parts += list.length;
  for (const item of list) {
    if (isObject(item) && typeof item.type === 'string' && !textParts.has(item.type)) return `"${item.type}" content`;
    const outside = scan(item, found, depth + 1);
    if (outside !== null) return outside;
  }
  return null;
}

/** Bytes of UTF-8 to a token in ordinary prose; code and other scripts differ, so this is an estimate, never a bound. */
const bytesPerToken = 4;

/** An estimate, not a bound: for streams that broke off before their report. */
export function estimateTextTokens(bytes: number): number {
  return Math.ceil(bytes / bytesPerToken);
}
