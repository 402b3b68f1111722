import { type AnswerContext, type Frame, type Generation, modelOf, RefusedRequest } from './generation.ts';
import { closePrompt, maxTokensOf } from './openai-prompt.ts';
import { planAnswer } from './plan-answer.ts';
import { PromptScan } from './prompt-scan.ts';
import { isRecord } from './schema-value.ts';
import { piecesOf } from './words.ts';

type Body = Readonly<Record<string, unknown>>;

const dimensionsDefault = 256;
const dimensionsMax = 3_072;
const inputsMax = 2_048;

function wholeAnswer(
  endpoint: string,
  model: string,
  usage: Generation['inputUsage'],
  body: Generation['body'],
): Generation {
  return {
    kind: 'openai',
    endpoint,
    model,
    streamed: false,
    streamType: 'application/json',
    inputUsage: usage,
    visibleTokens: 0,
    reasoningTokens: 0,
    body,
    frames: () => [],
    errorFrame: () => '',
  };
}

/** Counts the input of an endpoint that takes a text, a list of texts, token ids, or lists of those. */
function scanInputs(value: unknown, model: string): { count: number; tokens: number } {
  if (typeof value !== 'string' && !Array.isArray(value)) throw new RefusedRequest("'input' is required.", 'input');
  const inputs: unknown[] = Array.isArray(value) && typeof value[0] !== 'number' ? value : [value];
  if (inputs.length === 0 || inputs.length > inputsMax)
    throw new RefusedRequest(`'input' must hold 1 to ${inputsMax} items.`, 'input');
  const scan = new PromptScan(model);
  let tokens = 0;
  for (const input of inputs) {
    if (typeof input === 'string') scan.add(input);
    else if (Array.isArray(input)) tokens += input.length;
    else if (isRecord(input) && typeof input.text === 'string') scan.add(input.text);
    else scan.addOpaque(256);
  }
  return { count: inputs.length, tokens: tokens + scan.tokens };
}

/** A unit vector that depends on its seed alone. */
export function vectorOf(seed: number, dimensions: number): number[] {
  const values = Array.from({ length: dimensions }, (_, index) => Math.sin((seed + 1) * (index + 1)));
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) || 1;
  return values.map((value) => Math.fround(value / norm));
}

/** `POST /v1/embeddings`, as numbers or base64. */
export function openaiEmbeddings(body: Body, context: AnswerContext): Generation {
  const model = modelOf(body.model);
  const { count, tokens } = scanInputs(body.input, model);
  const asked = typeof body.dimensions === 'number' ? body.dimensions : dimensionsDefault;
  const dimensions = Math.max(1, Math.min(dimensionsMax, asked));
  const seed = Math.floor(context.random.next() * 1_000);
  const encode = (vector: number[]): unknown =>
    body.encoding_format === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector;
  return wholeAnswer('embeddings', model, { input: tokens }, (withUsage) =>
    JSON.stringify({
      object: 'list',
      data: Array.from({ length: count }, (_, index) => ({
        object: 'embedding',
        index,
        embedding: encode(vectorOf(seed + index, dimensions)),
      })),
      model,
      ...(withUsage ? { usage: { prompt_tokens: tokens, total_tokens: tokens } } : {}),
    }),
  );
}

const categories = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/intent',
  'self-harm/instructions',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
];

/** `POST /v1/moderations`: one text in fifty is flagged. It is billed by call, not by token. */
export function openaiModerations(body: Body, context: AnswerContext): Generation {
  const model = typeof body.model === 'string' ? body.model : 'omni-moderation-latest';
  const { count } = scanInputs(body.input, model);
  const results = Array.from({ length: count }, () => moderationOf(context.random.next() < 0.02));
  return wholeAnswer('moderations', model, { call: 1 }, () =>
    JSON.stringify({ id: context.answerId('modr'), model, results }),
  );
}

function moderationOf(flagged: boolean): unknown {
  const hit = (name: string): boolean => flagged && name === 'harassment';
  return {
    flagged,
    categories: Object.fromEntries(categories.map((name) => [name, hit(name)])),
    category_scores: Object.fromEntries(categories.map((name) => [name, hit(name) ? 0.91 : 0.0004])),
    category_applied_input_types: Object.fromEntries(categories.map((name) => [name, hit(name) ? ['text'] : []])),
  };
}

/** `POST /v1/completions`, the older endpoint. */
export function openaiCompletions(body: Body, context: AnswerContext): Generation {
  const model = modelOf(body.model);
  const scan = new PromptScan(model);
  const prompts: unknown[] = Array.isArray(body.prompt) ? body.prompt : [body.prompt];
  for (const prompt of prompts) if (typeof prompt === 'string') scan.add(prompt);
  const input = closePrompt(scan, context);
  const maxTokens = body.max_tokens === undefined ? 16 : maxTokensOf(body.max_tokens, 'max_tokens');
  const choices = typeof body.n === 'number' ? Math.max(1, Math.min(128, body.n)) : 1;
  const answer = planAnswer(
    { tools: [], toolRequired: false, afterToolResult: false, schema: null, maxTokens, reasons: false, choices },
    context,
  );
  const usage = {
    prompt_tokens: input.inputTokens,
    completion_tokens: answer.visibleTokens,
    total_tokens: input.inputTokens + answer.visibleTokens,
  };
  const head = {
    id: context.answerId('cmpl'),
    object: 'text_completion',
    created: Math.floor(context.nowMs / 1_000),
    model,
  };
  const finish = (index: number): string => {
    const choice = answer.choices[index];
    return choice?.kind === 'text' && choice.cut ? 'length' : 'stop';
  };
  const texts = answer.choices.map((choice) => (choice.kind === 'text' ? choice.text : ''));
  const wantsUsage = isRecord(body.stream_options) && body.stream_options.include_usage === true;
  const frames = function* (withUsage: boolean): Generator<Frame> {
    let tokens = 0;
    const chunk = (value: unknown): string => `data: ${JSON.stringify({ ...head, ...(value as object) })}\n\n`;
    for (const [index, text] of texts.entries()) {
      for (const piece of piecesOf(text, context.profile.chunkTokens)) {
        tokens = Math.min(answer.visibleTokens, tokens + context.profile.chunkTokens);
        yield { text: chunk({ choices: [{ text: piece, index, logprobs: null, finish_reason: null }] }), tokens };
      }
      yield { text: chunk({ choices: [{ text: '', index, logprobs: null, finish_reason: finish(index) }] }), tokens };
    }
    if (withUsage && wantsUsage) yield { text: chunk({ choices: [], usage }), tokens };
    yield { text: 'data: [DONE]\n\n', tokens };
  };
  return {
    ...wholeAnswer(
      'completions',
      model,
      { input: input.inputTokens - input.cachedTokens, cacheRead: input.cachedTokens },
      (withUsage) =>
        JSON.stringify({
          ...head,
          choices: texts.map((text, index) => ({ text, index, logprobs: null, finish_reason: finish(index) })),
          ...(withUsage ? { usage } : {}),
        }),
    ),
    streamed: body.stream === true,
    streamType: 'text/event-stream',
    visibleTokens: answer.visibleTokens,
    frames,
    errorFrame: () =>
      'data: {"error":{"message":"The server had an error.","type":"server_error","param":null,"code":null}}\n\n',
  };
}
