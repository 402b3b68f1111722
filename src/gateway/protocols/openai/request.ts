import { asText, type JsonObject, type RequestFacts } from '../protocol.ts';

export function readOpenaiRequest(body: JsonObject): RequestFacts {
  return {
    model: asText(body.model),
    streamed: body.stream === true,
    user: asText(body.safety_identifier) || asText(body.user),
  };
}

const modelField = Buffer.from('name="model"');
const headEnd = Buffer.from('\r\n\r\n');
const lineEnd = Buffer.from('\r\n');
const modelBytesMax = 256;

/** The `model` field of a multipart form (image edits, transcriptions), or empty. */
export function modelOfForm(body: Buffer): string {
  const field = body.indexOf(modelField);
  if (field === -1) return '';
  const start = body.indexOf(headEnd, field);
  if (start === -1) return '';
  const end = body.indexOf(lineEnd, start + headEnd.length);
  const fits = end !== -1 && end - start <= modelBytesMax;
  return fits ? body.toString('utf8', start + headEnd.length, end) : '';
}
