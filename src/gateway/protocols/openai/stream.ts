import { asObject, asText, type JsonObject, type StreamFormat, type StreamNotes } from '../protocol.ts';

const chatNames = ['"content"', '"reasoning_content"', '"reasoning"', '"arguments"', '"refusal"'].map((name) =>
  Buffer.from(name),
);
const completionNames = [Buffer.from('"text"')];
const responseNames = [Buffer.from('"delta"')];
const errorName = Buffer.from('"error"');
const failedType = Buffer.from('"response.failed"');
const doneMark = Buffer.from('[DONE]');
/** An error event says so at its very start. */
const markBytes = 40;

/** Chat, completions and responses streams: usage comes once, near the end. */
export const openaiStream: StreamFormat = {
  usageName: Buffer.from('"usage"'),
  lastUsageOnly: false,
  contentNames(operation) {
    if (operation === 'responses') return responseNames;
    return operation === 'completions' ? completionNames : chatNames;
  },
  isMark(payload) {
    const start = payload.subarray(0, markBytes);
    return start.includes(errorName) || start.includes(failedType) || start.subarray(0, 6).equals(doneMark);
  },
  note,
};

const finalTypes = new Set(['response.completed', 'response.incomplete', 'response.failed']);

function note(event: JsonObject, notes: StreamNotes): void {
  const response = asObject(event.response);
  const holder = response ?? event;
  notes.model = asText(holder.model) || notes.model;
  notes.requestId = asText(holder.id) || notes.requestId;
  if (asObject(event.error) || event.type === 'error' || event.type === 'response.failed') notes.failed = true;
  if (finalTypes.has(asText(event.type))) notes.finished = true;
  if (!asObject(holder.usage)) return;
  notes.usageBody = holder;
  notes.usageFinal = true;
}
