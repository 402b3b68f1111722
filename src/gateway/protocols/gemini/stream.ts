import { asArray, asObject, asText, type JsonObject, type StreamFormat, type StreamNotes } from '../protocol.ts';

const contentNames = [Buffer.from('"text"')];
const errorName = Buffer.from('"error"');
const finishName = Buffer.from('"finishReason"');
const markBytes = 24;

/** Content streams, server-sent events or one JSON array: every chunk repeats the whole usage so far. */
export const geminiStream: StreamFormat = {
  usageName: Buffer.from('"usageMetadata"'),
  lastUsageOnly: true,
  contentNames: () => contentNames,
  isMark: (payload) => payload.subarray(0, markBytes).includes(errorName) || payload.includes(finishName),
  note,
};

function note(event: JsonObject, notes: StreamNotes): void {
  notes.model = asText(event.modelVersion) || notes.model;
  notes.requestId = asText(event.responseId) || notes.requestId;
  if (asObject(event.error)) notes.failed = true;
  if (asArray(event.candidates).some((candidate) => asText(asObject(candidate)?.finishReason) !== '')) {
    notes.finished = true;
    notes.usageFinal = true;
  }
  if (asObject(event.usageMetadata)) notes.usageBody = event;
}
