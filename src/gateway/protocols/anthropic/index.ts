import { asObject, asText, type Protocol } from '../protocol.ts';
import { anthropicEnding } from './ending.ts';
import { anthropicErrorBody, anthropicErrorEvent } from './errors.ts';
import { anthropicOperation } from './operations.ts';
import { anthropicOutput } from './output.ts';
import { anthropicPrompt } from './prompt.ts';
import { anthropicStream } from './stream.ts';

/** Anthropic's wire format. */
export const anthropic: Protocol = {
  name: 'anthropic',
  operationOf: anthropicOperation,
  readRequest: (_operation, body) => ({
    model: asText(body.model),
    streamed: body.stream === true,
    user: asText(asObject(body.metadata)?.user_id),
  }),
  promptOf: anthropicPrompt,
  outputOf: anthropicOutput,
  endingOf: anthropicEnding,
  answerId: (body) => asText(body.id),
  usageName: '"usage"',
  modelName: '"model"',
  stream: anthropicStream,
  errorBody: anthropicErrorBody,
  errorEvent: anthropicErrorEvent,
};
