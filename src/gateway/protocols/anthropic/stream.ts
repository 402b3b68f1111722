import { mergeAnthropicUsage } from '../../../pricing/index.ts';
import { asObject, asText, type JsonObject, type StreamFormat, type StreamNotes } from '../protocol.ts';

const contentNames = ['"text"', '"partial_json"', '"thinking"'].map((name) => Buffer.from(name));
const marks = ['"error"', '"message_stop"'].map((name) => Buffer.from(name));
/** The type of an event stands at its very start. */
const markBytes = 40;

/** Message streams: `message_start` and `message_delta` carry cumulative usage; the last value of each field stands. */
export const anthropicStream: StreamFormat = {
  usageName: Buffer.from('"usage"'),
  lastUsageOnly: false,
  contentNames: () => contentNames,
  isMark(payload) {
    const start = payload.subarray(0, markBytes);
    return marks.some((mark) => start.includes(mark));
  },
  note,
};

function note(event: JsonObject, notes: StreamNotes): void {
  const message = asObject(event.message);
  if (message) {
    notes.model = asText(message.model) || notes.model;
    notes.requestId = asText(message.id) || notes.requestId;
  }
  if (event.type === 'error') notes.failed = true;
  if (event.type === 'message_stop') notes.finished = true;
  if (event.type === 'message_delta') notes.usageFinal = true;
  const usage = message?.usage ?? event.usage;
  if (asObject(usage)) notes.usageBody = withUsage(notes, usage);
}

function withUsage(notes: StreamNotes, usage: unknown): JsonObject {
  const known = asObject(notes.usageBody?.usage);
  return { type: 'message', model: notes.model, usage: mergeAnthropicUsage(known, usage) };
}
