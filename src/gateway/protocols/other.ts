import { openai } from './openai/index.ts';
import { otherOperation, type Protocol } from './protocol.ts';

/** A provider whose wire format is not read: everything passes through, each posted request counts as one call. */
export const other: Protocol = {
  ...openai,
  name: 'other',
  operationOf: (method) => otherOperation(method),
  promptOf: () => [],
  outputOf: () => null,
  endingOf: () => null,
};
