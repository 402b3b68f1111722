import type { PartTokens } from '../../../tree/index.ts';
import { mediaPiece, partOfMessage, textPieces, toolPieces } from '../prompt-pieces.ts';
import { asArray, asObject, asText, type JsonObject, type Operation, type PromptPiece } from '../protocol.ts';

/** The prompt in the order the provider's cache sees it: tools, system, messages. */
export function anthropicPrompt(_operation: Operation, body: JsonObject): PromptPiece[] {
  const messages = asArray(body.messages).map((message) => asObject(message) ?? {});
  const lastUser = messages.findLastIndex((message) => message.role === 'user');
  return [
    ...toolPieces(body.tools),
    ...contentPieces('system', 'system', body.system ?? []),
    ...messages.flatMap((message, index) => {
      const role = asText(message.role);
      return contentPieces(partOfMessage(role, index, lastUser), role, message.content);
    }),
  ];
}

function contentPieces(part: keyof PartTokens, role: string, content: unknown): PromptPiece[] {
  if (typeof content === 'string') return textPieces(part, role, content);
  return asArray(content).flatMap((item) => blockPieces(part, role, asObject(item) ?? {}));
}

const retrievedTypes = new Set(['document', 'search_result', 'tool_result', 'web_search_tool_result']);

function blockPieces(part: keyof PartTokens, role: string, block: JsonObject): PromptPiece[] {
  const type = asText(block.type);
  if (retrievedTypes.has(type)) return retrieved(role, block);
  if (type === 'image') return [mediaPiece(part, role, JSON.stringify(block))];
  const text = block.text ?? block.thinking;
  if (typeof text === 'string') return textPieces(part, role, text);
  return textPieces(part, role, JSON.stringify(block));
}

/** A document's or a tool result's own content; what is base64 or referred to counts as media. */
function retrieved(role: string, block: JsonObject): PromptPiece[] {
  const source = asObject(block.source);
  if (source?.type === 'text') return [{ part: 'retrieval', role, text: asText(source.data) }];
  if (source) return [mediaPiece('retrieval', role, JSON.stringify(source))];
  const content = block.content;
  if (typeof content === 'string') return [{ part: 'retrieval', role, text: content }];
  return asArray(content).flatMap((item) => blockPieces('retrieval', role, asObject(item) ?? {}));
}
