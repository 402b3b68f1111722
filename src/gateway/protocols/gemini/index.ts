import { asText, type Protocol } from '../protocol.ts';
import { geminiEnding } from './ending.ts';
import { geminiErrorBody, geminiErrorEvent } from './errors.ts';
import { geminiOperation } from './operations.ts';
import { geminiOutput } from './output.ts';
import { geminiPrompt } from './prompt.ts';
import { geminiStream } from './stream.ts';

/** Gemini's wire format. The model and the wish for a stream stand in the path. */
export const gemini: Protocol = {
  name: 'gemini',
  operationOf: geminiOperation,
  readRequest: (operation) => ({ model: operation.pathModel, streamed: operation.streamed, user: '' }),
  promptOf: geminiPrompt,
  outputOf: geminiOutput,
  endingOf: geminiEnding,
  answerId: (body) => asText(body.responseId),
  usageName: '"usageMetadata"',
  modelName: '"modelVersion"',
  stream: geminiStream,
  errorBody: geminiErrorBody,
  errorEvent: geminiErrorEvent,
};
