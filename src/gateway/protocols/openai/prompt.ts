import type { PartTokens } from '../../../tree/index.ts';
import { mediaPiece, partOfMessage, textPieces, toolPieces } from '../prompt-pieces.ts';
import { asArray, asObject, asText, type JsonObject, type Operation, type PromptPiece } from '../protocol.ts';

/** The prompt in the order the provider's cache sees it: tools, instructions, messages. */
export function openaiPrompt(operation: Operation, body: JsonObject): PromptPiece[] {
  if (operation.name === 'chat') return [...definitions(body), ...messagePieces(body.messages)];
  if (operation.name === 'responses') return [...definitions(body), ...instructions(body), ...inputPieces(body.input)];
  if (operation.name === 'completions') return plainInput(body.prompt);
  return plainInput(body.input ?? body.prompt);
}

function definitions(body: JsonObject): PromptPiece[] {
  const format = asObject(body.response_format) ?? asObject(asObject(body.text)?.format);
  return toolPieces(body.tools, body.functions, format?.json_schema ?? format?.schema);
}

function instructions(body: JsonObject): PromptPiece[] {
  const text = asText(body.instructions);
  return text === '' ? [] : textPieces('system', 'system', text);
}

function inputPieces(input: unknown): PromptPiece[] {
  return typeof input === 'string' ? textPieces('question', 'user', input) : messagePieces(input);
}

/** Embedding and moderation inputs and legacy prompts: a text, texts, or token numbers. */
function plainInput(input: unknown): PromptPiece[] {
  if (typeof input === 'string') return [{ part: 'question', role: 'user', text: input }];
  const items = asArray(input);
  if (typeof items[0] === 'number') return [tokenNumbers(items)];
  return items.map((item) => {
    if (Array.isArray(item)) return tokenNumbers(item);
    return { part: 'question', role: 'user', text: typeof item === 'string' ? item : JSON.stringify(item) };
  });
}

function tokenNumbers(items: readonly unknown[]): PromptPiece {
  return { part: 'question', role: 'user', text: items.join(','), tokens: items.length };
}

function messagePieces(messages: unknown): PromptPiece[] {
  const list = asArray(messages).map((message) => asObject(message) ?? {});
  const lastUser = list.findLastIndex((message) => message.role === 'user');
  return list.flatMap((message, index) => piecesOfMessage(message, index, lastUser));
}

function piecesOfMessage(message: JsonObject, index: number, lastUser: number): PromptPiece[] {
  const role = asText(message.role) || roleOfItem(asText(message.type));
  const part = partOfMessage(role, index, lastUser);
  const calls = message.tool_calls ?? message.function_call ?? message.arguments;
  return [
    ...contentPieces(part, role, message.content ?? message.output),
    ...(calls === undefined || calls === null ? [] : textPieces('history', role, JSON.stringify(calls))),
  ];
}

/** Items of the responses API that are not messages: results of tools are retrieval, all else is history. */
function roleOfItem(type: string): string {
  return type.endsWith('_output') ? 'tool' : 'assistant';
}

function contentPieces(part: keyof PartTokens, role: string, content: unknown): PromptPiece[] {
  if (typeof content === 'string') return textPieces(part, role, content);
  return asArray(content).flatMap((item) => blockPieces(part, role, asObject(item) ?? {}));
}

function blockPieces(part: keyof PartTokens, role: string, block: JsonObject): PromptPiece[] {
  const text = block.text ?? block.refusal;
  if (typeof text === 'string') return textPieces(part, role, text);
  const type = asText(block.type);
  const isFile = type === 'file' || type === 'input_file';
  return [mediaPiece(isFile ? 'retrieval' : part, role, JSON.stringify(block))];
}
