import type { TraceBlock, TraceRecord } from './trace-record.ts';

const syllables = ['al', 'be', 'cor', 'dun', 'el', 'fa', 'gi', 'hol', 'im', 'jo', 'ker', 'lu', 'mon', 'ne', 'or', 'pi'];

export interface PromptMessage {
  readonly part: 'system' | 'retrieval' | 'history' | 'question';
  readonly text: string;
}

/** The prompt of a record: exactly its input tokens, one per word; blocks with equal ids begin with equal words. */
export function promptOf(record: TraceRecord): PromptMessage[] {
  const parts =
    record.parts.length > 0
      ? record.parts
      : [{ part: 'question' as const, blocks: [{ id: `line${record.line}`, tokens: record.inputTokens }] }];
  return parts
    .map(({ part, blocks }) => ({ part, text: blocks.map(blockText).filter(Boolean).join(' ') }))
    .filter((message) => message.text !== '' || message.part === 'question');
}

/** Words that depend on the id and their place alone, so that a longer block begins with the shorter one's words. */
function blockText(block: TraceBlock): string {
  if (block.tokens <= 0) return '';
  let state = hashOf(block.id);
  const words: string[] = [];
  for (let i = 0; i < block.tokens; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    words.push(`${syllables[(state >>> 28) & 15] ?? ''}${syllables[(state >>> 20) & 15] ?? ''}${(state >>> 12) & 63}`);
  }
  return words.join(' ');
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  return hash;
}
