import type { PartTokens } from '../../tree/index.ts';
import type { PromptPiece } from './protocol.ts';

/** Flat estimate for an image, a sound or a file that is referred to or carried as base64, tokens. */
const mediaTokensEstimate = 1_000;

const contextTag = /<(context|contexts|document|documents|sources|search_results|retrieved_context|retrieval)[\s>]/;

/**
 * A text as pieces: what stands between the tags applications put around retrieved passages (`<context>`,
 * `<documents>`, …) counts as retrieval, the rest as `part`.
 */
export function textPieces(part: keyof PartTokens, role: string, text: string): PromptPiece[] {
  const open = part === 'retrieval' || part === 'tools' ? null : contextTag.exec(text);
  if (!open) return [{ part, role, text }];
  const closing = `</${open[1]}>`;
  const end = text.lastIndexOf(closing);
  if (end < open.index) return [{ part, role, text }];
  const pieces: PromptPiece[] = [
    { part, role, text: text.slice(0, open.index) },
    { part: 'retrieval', role, text: text.slice(open.index, end + closing.length) },
    { part, role, text: text.slice(end + closing.length) },
  ];
  return pieces.filter((piece) => piece.text !== '');
}

/** Something that is not text, whose size in tokens its bytes do not tell. `mark` tells equal ones from different ones. */
export function mediaPiece(part: keyof PartTokens, role: string, mark: string): PromptPiece {
  return { part, role, text: mark, tokens: mediaTokensEstimate };
}

/** Tool and schema definitions as one piece; nothing when there are none. */
export function toolPieces(...definitions: readonly unknown[]): PromptPiece[] {
  const given = definitions.filter((definition) => definition !== undefined && definition !== null);
  return given.map((definition) => ({ part: 'tools', role: 'tools', text: JSON.stringify(definition) }));
}

/** Turns the position of a message into its part: the last one of the user is the question, what came before is history. */
export function partOfMessage(role: string, index: number, lastUserIndex: number): keyof PartTokens {
  if (role === 'system' || role === 'developer') return 'system';
  if (role === 'tool' || role === 'function') return 'retrieval';
  return index >= lastUserIndex && role === 'user' ? 'question' : 'history';
}
