import { readAnthropicMessages } from './read-anthropic.ts';
import { geminiReport, readGeminiGenerate } from './read-gemini.ts';
import {
  readOpenAiAudio,
  readOpenAiByShape,
  readOpenAiChat,
  readOpenAiEmbeddings,
  readOpenAiImages,
  readOpenAiModerations,
  readOpenAiResponses,
} from './read-openai.ts';
import { absentReading, isObject, type JsonObject } from './usage-counter.ts';
import type { UsageProtocol, UsageReading } from './usage-reading.ts';

const openAiReaders: ReadonlyMap<string, (body: JsonObject) => UsageReading> = new Map([
  ['chat', readOpenAiChat],
  ['completions', readOpenAiChat],
  ['responses', readOpenAiResponses],
  ['embeddings', readOpenAiEmbeddings],
  ['moderations', readOpenAiModerations],
  ['images', readOpenAiImages],
  ['audio', readOpenAiAudio],
]);

/**
 * Reads the provider's own report from a parsed answer: a full body, the last stream event that carries usage
 * (OpenAI chunk, `response.completed` event, Gemini chunk), or a body built around `mergeAnthropicUsage`.
 * @param operation `chat`, `completions`, `responses`, `embeddings`, `moderations`, `images`, `audio`, `messages`, `generateContent`, `embedContent`, …; an unknown one is read by its shape
 */
export function readUsage(protocol: UsageProtocol, operation: string, body: unknown): UsageReading {
  if (protocol === 'gemini') {
    const report = geminiReport(body);
    return report === null ? absentReading : readGeminiGenerate(report);
  }
  if (!isObject(body)) return absentReading;
  if (protocol === 'anthropic') return readAnthropicMessages(body);
  return (openAiReaders.get(operation) ?? readOpenAiByShape)(body);
}
