import type { PartTokens } from '../../../tree/index.ts';
import { mediaPiece, partOfMessage, textPieces, toolPieces } from '../prompt-pieces.ts';
import { asArray, asObject, asText, type JsonObject, type Operation, type PromptPiece } from '../protocol.ts';

/** The prompt in the order the provider's cache sees it: tools, system instruction, contents. */
export function geminiPrompt(_operation: Operation, body: JsonObject): PromptPiece[] {
  const config = asObject(body.generationConfig ?? body.generation_config) ?? {};
  const contents = contentsOf(body);
  const lastUser = contents.findLastIndex((content) => (asText(content.role) || 'user') === 'user');
  return [
    ...toolPieces(body.tools, config.responseSchema ?? config.responseJsonSchema),
    ...partPieces('system', 'system', body.systemInstruction ?? body.system_instruction),
    ...contents.flatMap((content, index) => {
      const role = asText(content.role) || 'user';
      return partPieces(partOfMessage(role, index, lastUser), role, content);
    }),
  ];
}

/** Generation has `contents`, an embedding one `content`, a batch of embeddings `requests` with a content each. */
function contentsOf(body: JsonObject): JsonObject[] {
  if (typeof body.contents === 'string') return [{ parts: [{ text: body.contents }] }];
  const requests = asArray(body.requests).map((request) => asObject(request)?.content);
  const single = body.content === undefined ? [] : [body.content];
  const given = body.contents;
  const list = asObject(given) ? [given] : [...asArray(given), ...single, ...requests];
  return list.map((content) => asObject(content) ?? {});
}

function partPieces(part: keyof PartTokens, role: string, content: unknown): PromptPiece[] {
  if (typeof content === 'string') return textPieces(part, role, content);
  const parts = asObject(content)?.parts;
  const list = asObject(parts) ? [parts] : asArray(parts);
  return list.flatMap((item) => piecesOfPart(part, role, asObject(item) ?? {}));
}

function piecesOfPart(part: keyof PartTokens, role: string, item: JsonObject): PromptPiece[] {
  if (typeof item.text === 'string') return textPieces(part, role, item.text);
  const result = item.functionResponse ?? item.function_response;
  if (result !== undefined) return [{ part: 'retrieval', role, text: JSON.stringify(result) }];
  const call = item.functionCall ?? item.function_call;
  if (call !== undefined) return [{ part: 'history', role, text: JSON.stringify(call) }];
  return [mediaPiece(part, role, JSON.stringify(item))];
}
