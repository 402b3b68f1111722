import { asCount, asObject, type JsonObject, type Operation, type OutputAsk } from '../protocol.ts';

const thinkers = /gemini-(?:2\.5|[3-9])|-latest$/;

export function geminiOutput(operation: Operation, body: JsonObject): OutputAsk | null {
  if (operation.name !== 'generateContent') return null;
  const older = body.generation_config !== undefined && body.generationConfig === undefined;
  const config = asObject(older ? body.generation_config : body.generationConfig) ?? {};
  const snake = config.maxOutputTokens === undefined && config.max_output_tokens !== undefined;
  const thinking = asObject(config.thinkingConfig ?? config.thinking_config);
  const budget = thinking?.thinkingBudget ?? thinking?.thinking_budget;
  const hidden = budget !== 0 && (thinking !== null || thinkers.test(operation.pathModel));
  return {
    maxTokens: asCount(snake ? config.max_output_tokens : config.maxOutputTokens),
    choices: Math.max(1, asCount(config.candidateCount ?? config.candidate_count) ?? 1),
    // Arguments of function calls are objects, which are not counted as text.
    hidden: hidden || body.tools !== undefined,
    field: [older ? 'generation_config' : 'generationConfig', snake ? 'max_output_tokens' : 'maxOutputTokens'],
  };
}
