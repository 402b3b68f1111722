import { servedTier } from './service-tier.ts';
import {
  absentReading,
  closeReading,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  type UsageCounter,
  usageCounter,
} from './usage-counter.ts';
import type { UsageReading } from './usage-reading.ts';

/** Chat models that search the web on every call and report no count of it. */
const searchModel = /-search-(preview|api)/;

function namedIn(body: JsonObject): { tier: string | null; model: string | null } {
  const tier = textAt(body, 'service_tier');
  return { tier: tier === null ? null : servedTier(tier), model: textAt(body, 'model') };
}

/** `input_tokens_details` in Responses and Images, `input_token_details` in Audio and Realtime. */
function detailsAt(usage: JsonObject, side: 'input' | 'output'): JsonObject {
  const plural = usage[`${side}_tokens_details`];
  return isObject(plural) ? plural : objectAt(usage, `${side}_token_details`);
}

interface InputParts {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly audioInput: number;
  readonly audioCacheRead: number;
  readonly imageInput: number;
  readonly imageCacheRead: number;
}

/** OpenAI counts cached, written, audio and image tokens inside the input; here each is taken out of it. */
function splitInput(counter: UsageCounter, whole: number, details: JsonObject): InputParts {
  const cached = counter.count(details, 'cached_tokens');
  const written = counter.count(details, 'cache_write_tokens');
  const audio = counter.count(details, 'audio_tokens');
  const image = counter.count(details, 'image_tokens');
  const cachedParts = objectAt(details, 'cached_tokens_details');
  const audioCacheRead = counter.count(cachedParts, 'audio_tokens');
  const imageCacheRead = counter.count(cachedParts, 'image_tokens');
  const cacheRead = cached - audioCacheRead - imageCacheRead;
  const audioInput = audio - audioCacheRead;
  const imageInput = image - imageCacheRead;
  return {
    input: whole - cached - written - audioInput - imageInput,
    cacheRead,
    cacheWrite5m: written,
    audioInput,
    audioCacheRead,
    imageInput,
    imageCacheRead,
  };
}

/** Chat completions and legacy completions: a body, or the stream's usage chunk. */
export function readOpenAiChat(body: JsonObject): UsageReading {
  const usage = body.usage;
  if (!isObject(usage)) return absentReading;
  const counter = usageCounter();
  const prompt = counter.count(usage, 'prompt_tokens');
  const completion = counter.count(usage, 'completion_tokens');
  const details = objectAt(usage, 'completion_tokens_details');
  const reasoning = counter.count(details, 'reasoning_tokens');
  const audioOutput = counter.count(details, 'audio_tokens');
  const inside = reasoningIsInside(counter.count(usage, 'total_tokens'), prompt, completion, reasoning);
  const named = namedIn(body);
  const quantities = {
    ...splitInput(counter, prompt, objectAt(usage, 'prompt_tokens_details')),
    output: completion - audioOutput - (inside ? reasoning : 0),
    reasoning,
    audioOutput,
    toolCall: named.model !== null && searchModel.test(named.model) ? 1 : 0,
  };
  return closeReading(counter, quantities, named);
}

/** OpenAI counts reasoning inside the completion; xAI and Gemini's compatible endpoint beside it, which their total shows. */
function reasoningIsInside(total: number, prompt: number, completion: number, reasoning: number): boolean {
  return reasoning === 0 || total !== prompt + completion + reasoning;
}

/** A Responses body, or a stream event that carries one in `response`. */
export function readOpenAiResponses(body: JsonObject): UsageReading {
  const response = isObject(body.response) ? body.response : body;
  const usage = response.usage;
  if (!isObject(usage)) return absentReading;
  const counter = usageCounter();
  const output = counter.count(usage, 'output_tokens');
  const details = detailsAt(usage, 'output');
  const reasoning = counter.count(details, 'reasoning_tokens');
  const audioOutput = counter.count(details, 'audio_tokens');
  const imageOutput = counter.count(details, 'image_tokens');
  const quantities = {
    ...splitInput(counter, counter.count(usage, 'input_tokens'), detailsAt(usage, 'input')),
    output: output - reasoning - audioOutput - imageOutput,
    reasoning,
    audioOutput,
    imageOutput,
    ...hostedToolCalls(response),
  };
  return closeReading(counter, quantities, namedIn(response));
}

/** Hosted tools bill per use. Only the search action of a web search does; opening and scanning a page found is free. */
function hostedToolCalls(response: JsonObject): { toolCall: number; fileSearch: number } {
  let toolCall = 0;
  let fileSearch = 0;
  for (const item of listAt(response, 'output')) {
    if (item.type === 'file_search_call') fileSearch += 1;
    if (item.type !== 'web_search_call') continue;
    const action = textAt(objectAt(item, 'action'), 'type');
    if (action === null || action === 'search') toolCall += 1;
  }
  return { toolCall, fileSearch };
}

export function readOpenAiEmbeddings(body: JsonObject): UsageReading {
  const usage = body.usage;
  if (!isObject(usage)) return absentReading;
  const counter = usageCounter();
  return closeReading(counter, { input: counter.count(usage, 'prompt_tokens') }, namedIn(body));
}

/** Moderation reports no tokens: it is one call, free where the price list says so. */
export function readOpenAiModerations(body: JsonObject): UsageReading {
  return closeReading(usageCounter(), { call: 1 }, namedIn(body));
}

/** Image models that report tokens bill by them; the older ones bill by the image. */
export function readOpenAiImages(body: JsonObject): UsageReading {
  const usage = body.usage;
  const counter = usageCounter();
  if (!isObject(usage)) {
    const images = listAt(body, 'data').length;
    return images === 0 ? absentReading : closeReading(counter, { image: images }, namedIn(body));
  }
  const output = counter.count(usage, 'output_tokens');
  const textOutput = counter.count(detailsAt(usage, 'output'), 'text_tokens');
  const quantities = {
    ...splitInput(counter, counter.count(usage, 'input_tokens'), detailsAt(usage, 'input')),
    output: textOutput,
    imageOutput: output - textOutput,
  };
  return closeReading(counter, quantities, namedIn(body));
}

/** Transcription and translation: tokens, or the length of the audio in seconds (a begun second counts whole). */
export function readOpenAiAudio(body: JsonObject): UsageReading {
  const usage = body.usage;
  if (!isObject(usage)) return absentReading;
  if (usage.type !== 'duration') return readOpenAiResponses(body);
  const seconds = usage.seconds;
  const valid = typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0;
  const counter = usageCounter();
  const whole = counter.count({ seconds: valid ? Math.ceil(seconds) : seconds }, 'seconds');
  return closeReading(counter, { audioSecond: whole }, namedIn(body));
}

/** Reads a body whose operation nobody named, by the fields its usage has. */
export function readOpenAiByShape(body: JsonObject): UsageReading {
  const response = isObject(body.response) ? body.response : body;
  const usage = response.usage;
  if (!isObject(usage)) return absentReading;
  if (usage.type === 'duration') return readOpenAiAudio(response);
  return 'input_tokens' in usage || 'output_tokens' in usage ? readOpenAiResponses(response) : readOpenAiChat(response);
}
