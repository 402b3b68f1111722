import { type CsvColumns, csvColumns, csvRecord, plainName } from './csv-formats.ts';
import { jsonFields, jsonlRecord, mooncakeRecord, ragpulseRecord } from './jsonl-formats.ts';
import type { TraceFormat } from './replay-types.ts';
import { type ReadPosition, type TraceLine, traceLines } from './trace-lines.ts';
import { badTrace, type TraceRecord } from './trace-record.ts';

export interface OpenTrace {
  readonly format: TraceFormat;
  readonly records: AsyncGenerator<TraceRecord>;
}

/**
 * Opens a trace and reads it record by record; the format is told by its first line unless it is named.
 * @throws BurnrateError TRACE_INVALID, also while iterating, naming the line
 */
export async function readTrace(
  source: string,
  format: TraceFormat | 'auto',
  position: ReadPosition,
): Promise<OpenTrace> {
  const lines = traceLines(source, position);
  const head = await lines.next();
  if (head.done === true) return badTrace(source, 1, 'the trace is empty');
  const known = format === 'auto' ? detectFormat(source, head.value) : format;
  return { format: known, records: recordsOf(source, known, head.value, lines) };
}

/** Tells a format by the first line of the file. @throws BurnrateError TRACE_INVALID when it is none of them */
function detectFormat(source: string, head: TraceLine): TraceFormat {
  if (head.text.trimStart().startsWith('{')) {
    const fields = jsonFields(source, head.number, head.text);
    if (Array.isArray(fields.hash_ids)) return 'mooncake';
    return typeof fields.hash_ids === 'object' && fields.hash_ids !== null ? 'ragpulse' : 'jsonl';
  }
  const header = plainName(head.text);
  if (header.includes('contexttokens') && header.includes('generatedtokens')) return 'azure';
  if (header.includes('requesttokens') && header.includes('responsetokens')) return 'burstgpt';
  if (!head.text.includes(',')) return badTrace(source, head.number, 'neither a CSV header nor a JSON object');
  return 'csv';
}

async function* recordsOf(
  source: string,
  format: TraceFormat,
  head: TraceLine,
  lines: AsyncGenerator<TraceLine>,
): AsyncGenerator<TraceRecord> {
  try {
    if (format === 'mooncake' || format === 'ragpulse' || format === 'jsonl') {
      const read = format === 'mooncake' ? mooncakeRecord : format === 'ragpulse' ? ragpulseRecord : jsonlRecord;
      yield read(source, jsonFields(source, head.number, head.text), head.number);
      for await (const line of lines) yield read(source, jsonFields(source, line.number, line.text), line.number);
      return;
    }
    const found = csvColumns(source, head.text, head.number);
    // BurstGPT names products, not models that could be asked for.
    const columns: CsvColumns = format === 'csv' ? found : { ...found, model: -1 };
    for await (const line of lines) yield csvRecord(source, columns, line.text, line.number);
  } finally {
    // Ends the file stream when the reader stops early.
    await lines.return(undefined);
  }
}
