import { servedTier } from './service-tier.ts';
import {
  absentReading,
  closeReading,
  isObject,
  type JsonObject,
  listAt,
  textAt,
  type UsageCounter,
  usageCounter,
} from './usage-counter.ts';
import type { UsageReading } from './usage-reading.ts';

/** Tokens that are not plain text, by what they are. A document is read as the images of its pages. */
interface Modalities {
  readonly audio: number;
  readonly image: number;
  readonly video: number;
}

function modalities(counter: UsageCounter, report: JsonObject, field: string): Modalities {
  let audio = 0;
  let image = 0;
  let video = 0;
  for (const detail of listAt(report, field)) {
    const tokens = counter.count(detail, 'tokenCount');
    if (detail.modality === 'AUDIO') audio += tokens;
    else if (detail.modality === 'IMAGE' || detail.modality === 'DOCUMENT') image += tokens;
    else if (detail.modality === 'VIDEO') video += tokens;
  }
  return { audio, image, video };
}

/** The body that reports: itself, or of a non-event stream (an array of chunks) the last that does. */
export function geminiReport(body: unknown): JsonObject | null {
  if (!Array.isArray(body)) return isObject(body) ? body : null;
  const reporting = body.filter((chunk) => isObject(chunk) && isObject(chunk.usageMetadata));
  return reporting.at(-1) ?? null;
}

/**
 * generateContent, streamGenerateContent and embedContent. The prompt includes cached tokens; tool results and
 * thoughts are counted beside the prompt and the candidates. Each chunk of a stream repeats cumulative counts.
 */
export function readGeminiGenerate(body: JsonObject): UsageReading {
  const report = body.usageMetadata;
  if (!isObject(report)) return absentReading;
  const counter = usageCounter();
  const quantities = { ...readInput(counter, report), ...readOutput(counter, report) };
  return closeReading(counter, quantities, { tier: tierOf(report), model: textAt(body, 'modelVersion') });
}

function tierOf(report: JsonObject): string | null {
  const name = textAt(report, 'serviceTier') ?? textAt(report, 'trafficType');
  return name === null ? null : servedTier(name);
}

function readInput(counter: UsageCounter, report: JsonObject) {
  const prompt = modalities(counter, report, 'promptTokensDetails');
  const tools = modalities(counter, report, 'toolUsePromptTokensDetails');
  const cached = modalities(counter, report, 'cacheTokensDetails');
  const whole = counter.count(report, 'promptTokenCount') + counter.count(report, 'toolUsePromptTokenCount');
  const cachedWhole = counter.count(report, 'cachedContentTokenCount');
  const audioInput = prompt.audio + tools.audio - cached.audio;
  const imageInput = prompt.image + tools.image - cached.image;
  // Cached video is billed as cached text, so it stays in cacheRead.
  const videoInput = prompt.video + tools.video - cached.video;
  return {
    input: whole - cachedWhole - audioInput - imageInput - videoInput,
    cacheRead: cachedWhole - cached.audio - cached.image,
    audioInput,
    audioCacheRead: cached.audio,
    imageInput,
    imageCacheRead: cached.image,
    videoInput,
  };
}

function readOutput(counter: UsageCounter, report: JsonObject) {
  const parts = modalities(counter, report, 'candidatesTokensDetails');
  const candidates = counter.count(report, 'candidatesTokenCount');
  return {
    output: candidates - parts.audio - parts.image,
    reasoning: counter.count(report, 'thoughtsTokenCount'),
    audioOutput: parts.audio,
    imageOutput: parts.image,
  };
}
