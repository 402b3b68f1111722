import type { Protocol } from '../protocol.ts';
import { openaiEnding } from './ending.ts';
import { openaiErrorBody, openaiErrorEvent } from './errors.ts';
import { openaiOperation } from './operations.ts';
import { openaiOutput } from './output.ts';
import { openaiPrompt } from './prompt.ts';
import { readOpenaiRequest } from './request.ts';
import { openaiStream } from './stream.ts';

/** OpenAI's wire format, as its own and compatible servers speak it. */
export const openai: Protocol = {
  name: 'openai',
  operationOf: openaiOperation,
  readRequest: (_operation, body) => readOpenaiRequest(body),
  promptOf: openaiPrompt,
  outputOf: openaiOutput,
  endingOf: openaiEnding,
  answerId: (body) => (typeof body.id === 'string' ? body.id : ''),
  usageName: '"usage"',
  modelName: '"model"',
  stream: openaiStream,
  errorBody: openaiErrorBody,
  errorEvent: openaiErrorEvent,
};
