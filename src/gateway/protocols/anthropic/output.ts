import { asCount, asObject, type JsonObject, type Operation, type OutputAsk } from '../protocol.ts';

export function anthropicOutput(operation: Operation, body: JsonObject): OutputAsk | null {
  if (operation.name === 'complete') {
    const maxTokens = asCount(body.max_tokens_to_sample);
    return { maxTokens, choices: 1, hidden: false, field: ['max_tokens_to_sample'] };
  }
  if (operation.name !== 'messages') return null;
  // Thinking is billed in full and shown as a summary.
  const thinking = asObject(body.thinking);
  const hidden = thinking !== null && thinking.type !== 'disabled';
  return { maxTokens: asCount(body.max_tokens), choices: 1, hidden, field: ['max_tokens'] };
}
