import { type AnswerContext, RefusedRequest } from './generation.ts';
import type { CacheMark, CacheTtl, MarkedUse } from './prefix-cache.ts';
import { PromptScan } from './prompt-scan.ts';
import { isRecord } from './schema-value.ts';

type Body = Readonly<Record<string, unknown>>;

/** An image or document counts this many tokens, whatever its size. */
const opaqueBlockTokens = 256;
/** Breakpoints one request may set. */
const breakpointsMax = 4;

export interface AnthropicInput extends MarkedUse {
  /** Neither read from nor written to the cache. */
  readonly inputTokens: number;
}

/** Reads a prompt in cache order (tools, system, messages), noting every block border and cache breakpoint. */
class MessagesScan {
  readonly scan: PromptScan;
  readonly marks: CacheMark[] = [];

  constructor(model: string) {
    this.scan = new PromptScan(model);
  }

  block(block: unknown): void {
    if (typeof block === 'string') this.scan.add(block);
    else if (isRecord(block)) this.#content(block);
    this.#mark(isRecord(block) ? ttlOf(block.cache_control) : null);
  }

  tool(tool: unknown): void {
    this.scan.add(JSON.stringify(isRecord(tool) ? { ...tool, cache_control: undefined } : tool));
    this.#mark(isRecord(tool) ? ttlOf(tool.cache_control) : null);
  }

  /** The request's own `cache_control` sets a breakpoint after the last block. */
  breakpointAtEnd(ttl: CacheTtl | null): void {
    if (ttl) this.#mark(ttl);
  }

  #mark(ttl: CacheTtl | null): void {
    this.marks.push({ ...this.scan.mark(), ttl });
  }

  #content(block: Body): void {
    if (typeof block.text === 'string') this.scan.add(block.text);
    else if (typeof block.thinking === 'string') this.scan.add(block.thinking);
    else if (block.type === 'tool_use') this.scan.add(`${String(block.name)} ${JSON.stringify(block.input)}`);
    else if (block.type === 'tool_result') this.#toolResult(block.content);
    else this.scan.addOpaque(opaqueBlockTokens);
  }

  #toolResult(content: unknown): void {
    if (typeof content === 'string') this.scan.add(content);
    else if (Array.isArray(content)) for (const part of content) if (isRecord(part)) this.#content(part);
  }
}

function ttlOf(control: unknown): CacheTtl | null {
  if (!isRecord(control)) return null;
  return control.ttl === '1h' ? '1h' : '5m';
}

/** Counts a messages request without touching the cache. @throws RefusedRequest when it is malformed */
export function scanMessages(body: Body, model: string): MessagesScan {
  const reader = new MessagesScan(model);
  if (Array.isArray(body.tools)) for (const tool of body.tools) reader.tool(tool);
  for (const block of blocksOf(body.system)) reader.block(block);
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    throw new RefusedRequest('messages: at least one message is required', 'messages');
  for (const [index, message] of body.messages.entries()) {
    if (!isRecord(message) || message.content === undefined)
      throw new RefusedRequest(`messages.${index}.content: Field required`, `messages.${index}`);
    for (const block of blocksOf(message.content)) reader.block(block);
  }
  reader.breakpointAtEnd(ttlOf(body.cache_control));
  if (reader.marks.filter((mark) => mark.ttl !== null).length > breakpointsMax)
    throw new RefusedRequest(
      `A maximum of ${breakpointsMax} blocks with cache_control may be provided.`,
      'cache_control',
    );
  return reader;
}

function blocksOf(content: unknown): readonly unknown[] {
  if (Array.isArray(content)) return content;
  return typeof content === 'string' ? [content] : [];
}

export function anthropicInput(reader: MessagesScan, context: AnswerContext): AnthropicInput {
  const use = context.cache.readMarked(reader.marks, context.nowMs);
  const inputTokens = reader.scan.tokens - use.readTokens - use.written5mTokens - use.written1hTokens;
  return { ...use, inputTokens };
}
