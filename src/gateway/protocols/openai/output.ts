import { asCount, asObject, asText, type JsonObject, type Operation, type OutputAsk } from '../protocol.ts';

/** Models that think before they answer, and do not show it. */
const thinkers = /^(?:o\d|gpt-5|gpt-oss|codex)/;
const talkers = /^gpt-5[^/]*-chat/;

export function openaiOutput(operation: Operation, body: JsonObject): OutputAsk | null {
  if (operation.name === 'responses') {
    const maxTokens = asCount(body.max_output_tokens);
    return { maxTokens, choices: 1, hidden: hidesThoughts(body), field: ['max_output_tokens'] };
  }
  if (operation.name === 'completions') {
    const choices = Math.max(asCount(body.n) ?? 1, asCount(body.best_of) ?? 1, 1) * promptsOf(body);
    return { maxTokens: asCount(body.max_tokens), choices, hidden: false, field: ['max_tokens'] };
  }
  if (operation.name !== 'chat') return null;
  const older = body.max_completion_tokens === undefined && body.max_tokens !== undefined;
  const maxTokens = asCount(older ? body.max_tokens : body.max_completion_tokens);
  const field = [older ? 'max_tokens' : 'max_completion_tokens'];
  return { maxTokens, choices: Math.max(1, asCount(body.n) ?? 1), hidden: hidesThoughts(body), field };
}

function promptsOf(body: JsonObject): number {
  const { prompt } = body;
  return Array.isArray(prompt) && typeof prompt[0] !== 'number' ? Math.max(1, prompt.length) : 1;
}

function hidesThoughts(body: JsonObject): boolean {
  const effort = asText(body.reasoning_effort) || asText(asObject(body.reasoning)?.effort);
  if (effort === 'none') return false;
  const model = asText(body.model).replace(/^.*\//, '');
  return effort !== '' || asObject(body.reasoning) !== null || (thinkers.test(model) && !talkers.test(model));
}
