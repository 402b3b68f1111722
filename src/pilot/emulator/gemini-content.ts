import { type AnswerContext, type Frame, type Generation, modelOf, RefusedRequest } from './generation.ts';
import { vectorOf } from './openai-other.ts';
import { closePrompt, type OpenaiInput } from './openai-prompt.ts';
import { type Answer, type Choice, planAnswer, type ToolChoice } from './plan-answer.ts';
import { PromptScan } from './prompt-scan.ts';
import { isRecord } from './schema-value.ts';
import { piecesOf } from './words.ts';

type Body = Readonly<Record<string, unknown>>;

/** An image, audio clip or file counts this many tokens, whatever its size. */
const opaquePartTokens = 258;
const choicesMax = 8;

interface ContentAnswer {
  readonly model: string;
  readonly responseId: string;
  readonly input: OpenaiInput;
  readonly answer: Answer;
  readonly chunkTokens: number;
  readonly asArray: boolean;
}

/** `models/{model}:generateContent` and `:streamGenerateContent`, the latter as events or as one JSON array. */
export function geminiContent(
  name: string,
  body: Body,
  stream: 'no' | 'sse' | 'array',
  context: AnswerContext,
): Generation {
  const model = modelOf(name);
  const input = closePrompt(scanContents(body, model), context);
  const answer = planAnswer(answerRequest(body, model), context);
  const reply: ContentAnswer = {
    model,
    responseId: context.answerId('resp'),
    input,
    answer,
    chunkTokens: context.profile.chunkTokens,
    asArray: stream === 'array',
  };
  return {
    kind: 'gemini',
    endpoint: stream === 'no' ? 'generateContent' : 'streamGenerateContent',
    model,
    streamed: stream !== 'no',
    streamType: stream === 'array' ? 'application/json' : 'text/event-stream',
    inputUsage: { input: input.inputTokens - input.cachedTokens, cacheRead: input.cachedTokens },
    visibleTokens: answer.visibleTokens,
    reasoningTokens: answer.reasoningTokens,
    body: (withUsage) => JSON.stringify(contentBody(reply, withUsage)),
    frames: (withUsage) => (reply.asArray ? arrayFrames(reply, withUsage) : eventFrames(reply, withUsage)),
    errorFrame: () =>
      `data: ${JSON.stringify({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } })}\r\n\r\n`,
  };
}

/** `models/{model}:countTokens`; nothing is generated and nothing is billed. */
export function geminiCountTokens(name: string, body: Body): string {
  const request = isRecord(body.generateContentRequest) ? body.generateContentRequest : body;
  const totalTokens = scanContents(request, modelOf(name)).tokens;
  return JSON.stringify({ totalTokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] });
}

/** `models/{model}:embedContent` and `:batchEmbedContents`. */
export function geminiEmbed(name: string, body: Body, isBatch: boolean, context: AnswerContext): Generation {
  const model = modelOf(name);
  const requests = isBatch ? (Array.isArray(body.requests) ? body.requests.filter(isRecord) : []) : [body];
  const scan = new PromptScan(model);
  for (const request of requests) scanParts(scan, request.content);
  const embeddings = requests.map((request) => {
    const dimensions = typeof request.outputDimensionality === 'number' ? request.outputDimensionality : 256;
    return { values: vectorOf(Math.floor(context.random.next() * 1_000), Math.max(1, Math.min(3_072, dimensions))) };
  });
  const usageMetadata = { promptTokenCount: scan.tokens, totalTokenCount: scan.tokens };
  const answer = isBatch ? { embeddings } : { embedding: embeddings[0] };
  return {
    kind: 'gemini',
    endpoint: isBatch ? 'batchEmbedContents' : 'embedContent',
    model,
    streamed: false,
    streamType: 'application/json',
    inputUsage: { input: scan.tokens },
    visibleTokens: 0,
    reasoningTokens: 0,
    body: (withUsage) => JSON.stringify({ ...answer, ...(withUsage ? { usageMetadata } : {}) }),
    frames: () => [],
    errorFrame: () => '',
  };
}

function scanContents(body: Body, model: string): PromptScan {
  const scan = new PromptScan(model);
  if (Array.isArray(body.tools) && body.tools.length > 0) scan.add(JSON.stringify(body.tools));
  scanParts(scan, body.systemInstruction);
  if (!Array.isArray(body.contents) || body.contents.length === 0)
    throw new RefusedRequest('* GenerateContentRequest.contents: contents is not specified', 'contents');
  for (const content of body.contents) scanParts(scan, content);
  return scan;
}

function scanParts(scan: PromptScan, content: unknown): void {
  if (!isRecord(content)) return;
  const parts: unknown[] = Array.isArray(content.parts) ? content.parts : [content.parts];
  for (const part of parts) {
    if (!isRecord(part)) continue;
    if (typeof part.text === 'string') scan.add(part.text);
    else if (part.functionCall) scan.add(JSON.stringify(part.functionCall));
    else if (part.functionResponse) scan.add(JSON.stringify(part.functionResponse));
    else scan.addOpaque(opaquePartTokens);
  }
}

function answerRequest(body: Body, model: string): Parameters<typeof planAnswer>[0] {
  const config = isRecord(body.generationConfig) ? body.generationConfig : {};
  const thinking = isRecord(config.thinkingConfig) ? config.thinkingConfig : {};
  const last: unknown = Array.isArray(body.contents) ? body.contents.at(-1) : undefined;
  const parts = isRecord(last) && Array.isArray(last.parts) ? last.parts : [];
  const isJson = config.responseMimeType === 'application/json';
  const schema = config.responseJsonSchema ??
    config.responseSchema ?? { type: 'object', properties: { result: { type: 'string' } } };
  return {
    ...toolsOf(body),
    afterToolResult: parts.some((part) => isRecord(part) && part.functionResponse !== undefined),
    schema: isJson ? schema : null,
    maxTokens: typeof config.maxOutputTokens === 'number' ? config.maxOutputTokens : Number.POSITIVE_INFINITY,
    reasons: /^gemini-(2\.5|3)/.test(model) && thinking.thinkingBudget !== 0,
    choices: typeof config.candidateCount === 'number' ? Math.max(1, Math.min(choicesMax, config.candidateCount)) : 1,
  };
}

function toolsOf(body: Body): { tools: ToolChoice[]; toolRequired: boolean } {
  const toolConfig = isRecord(body.toolConfig) ? body.toolConfig : {};
  const calling = isRecord(toolConfig.functionCallingConfig) ? toolConfig.functionCallingConfig : {};
  if (calling.mode === 'NONE' || !Array.isArray(body.tools)) return { tools: [], toolRequired: false };
  const declared = body.tools
    .filter(isRecord)
    .flatMap((tool) => (Array.isArray(tool.functionDeclarations) ? tool.functionDeclarations : []))
    .filter(isRecord)
    .map((spec) => ({ name: String(spec.name), parameters: spec.parametersJsonSchema ?? spec.parameters }));
  const allowed: unknown[] = Array.isArray(calling.allowedFunctionNames) ? calling.allowedFunctionNames : [];
  const tools = allowed.length > 0 ? declared.filter((tool) => allowed.includes(tool.name)) : declared;
  return { tools, toolRequired: calling.mode === 'ANY' };
}

function usageOf(reply: ContentAnswer, visibleTokens: number): Body {
  const { input, answer } = reply;
  return {
    promptTokenCount: input.inputTokens,
    ...(visibleTokens > 0 ? { candidatesTokenCount: visibleTokens } : {}),
    totalTokenCount: input.inputTokens + visibleTokens + answer.reasoningTokens,
    ...(input.cachedTokens > 0 ? { cachedContentTokenCount: input.cachedTokens } : {}),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: input.inputTokens }],
    ...(answer.reasoningTokens > 0 ? { thoughtsTokenCount: answer.reasoningTokens } : {}),
  };
}

function contentBody(reply: ContentAnswer, withUsage: boolean): Body {
  return {
    candidates: reply.answer.choices.map((choice, index) => ({
      content: { parts: [partOf(choice)], role: 'model' },
      finishReason: finishReason(choice),
      index,
    })),
    ...(withUsage ? { usageMetadata: usageOf(reply, reply.answer.visibleTokens) } : {}),
    modelVersion: reply.model,
    responseId: reply.responseId,
  };
}

function partOf(choice: Choice): unknown {
  if (choice.kind === 'text') return { text: choice.text };
  return { functionCall: { name: choice.name, args: JSON.parse(choice.arguments) } };
}

function finishReason(choice: Choice): string {
  return choice.kind === 'text' && choice.cut ? 'MAX_TOKENS' : 'STOP';
}

/** The stream's objects: usage grows from one to the next, the last of a choice names why it ended. */
function* contentObjects(reply: ContentAnswer, withUsage: boolean): Generator<{ value: Body; tokens: number }> {
  let before = 0;
  for (const [index, choice] of reply.answer.choices.entries()) {
    const pieces = choice.kind === 'text' ? [...piecesOf(choice.text, reply.chunkTokens)] : [''];
    if (pieces.length === 0) pieces.push('');
    let tokens = 0;
    for (const [at, piece] of pieces.entries()) {
      const isLast = at === pieces.length - 1;
      tokens = isLast ? choice.tokens : Math.min(choice.tokens, tokens + reply.chunkTokens);
      const part = choice.kind === 'text' ? { text: piece } : partOf(choice);
      const candidate = {
        content: { parts: [part], role: 'model' },
        ...(isLast ? { finishReason: finishReason(choice) } : {}),
        index,
      };
      const usage = withUsage ? { usageMetadata: usageOf(reply, before + tokens) } : {};
      yield {
        value: { candidates: [candidate], ...usage, modelVersion: reply.model, responseId: reply.responseId },
        tokens: before + tokens,
      };
    }
    before += choice.tokens;
  }
}

function* eventFrames(reply: ContentAnswer, withUsage: boolean): Generator<Frame> {
  for (const { value, tokens } of contentObjects(reply, withUsage))
    yield { text: `data: ${JSON.stringify(value)}\r\n\r\n`, tokens };
}

function* arrayFrames(reply: ContentAnswer, withUsage: boolean): Generator<Frame> {
  let opener = '[';
  for (const { value, tokens } of contentObjects(reply, withUsage)) {
    yield { text: `${opener}${JSON.stringify(value, null, 2)}`, tokens };
    opener = '\n,\r\n';
  }
  yield { text: '\n]\n', tokens: reply.answer.visibleTokens };
}
