import { attributionNames } from '../../tree/index.ts';
import { badTrace, type TraceRecord, traceTokensMax } from './trace-record.ts';

/** Splits one CSV line; a quoted field may hold commas and doubled quotes, but no line break. */
function csvFields(text: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (quoted && char === '"' && text[i + 1] === '"') field += text[++i] ?? '';
    else if (char === '"') quoted = !quoted;
    else if (char === ',' && !quoted) {
      fields.push(field.trim());
      field = '';
    } else field += char;
  }
  fields.push(field.trim());
  return fields;
}

/** Where a format keeps what; a name is compared without case, spaces and punctuation. */
export interface CsvColumns {
  readonly time: number;
  readonly input: number;
  readonly output: number;
  readonly model: number;
  readonly session: number;
  readonly stream: number;
  readonly attribution: readonly (readonly [name: string, column: number])[];
}

const timeNames = ['timestamp', 'time', 'ts', 'ats', 'tms', 'arrivaltime'];
const inputNames = ['inputtokens', 'contexttokens', 'requesttokens', 'prompttokens', 'inputlength'];
const outputNames = ['outputtokens', 'generatedtokens', 'responsetokens', 'completiontokens', 'outputlength'];

export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Reads the header line. @throws BurnrateError TRACE_INVALID when a needed column is missing */
export function csvColumns(source: string, header: string, line: number): CsvColumns {
  const names = csvFields(header).map(plainName);
  const find = (candidates: readonly string[]): number => names.findIndex((name) => candidates.includes(name));
  const need = (what: string, candidates: readonly string[]): number => {
    const column = find(candidates);
    return column >= 0
      ? column
      : badTrace(source, line, `no column for ${what}; one of ${candidates.join(', ')} is needed`);
  };
  return {
    time: need('the time', timeNames),
    input: need('input tokens', inputNames),
    output: need('output tokens', outputNames),
    model: find(['model']),
    session: find(['session', 'sessionid']),
    stream: find(['stream', 'streamed']),
    attribution: attributionNames
      .filter((name) => name !== 'session')
      .map((name) => [name, find([name.toLowerCase()])] as const)
      .filter(([, column]) => column >= 0),
  };
}

/** @throws BurnrateError TRACE_INVALID naming the line and the field */
export function csvRecord(source: string, columns: CsvColumns, text: string, line: number): TraceRecord {
  const fields = csvFields(text);
  const optional = (column: number): string | null => (column < 0 ? null : fields[column] || null);
  const stream = optional(columns.stream);
  return {
    line,
    atMs: timeOf(source, line, fields[columns.time]),
    inputTokens: tokensOf(source, line, 'input tokens', fields[columns.input]),
    outputTokens: tokensOf(source, line, 'output tokens', fields[columns.output]),
    parts: [],
    model: optional(columns.model),
    session: optional(columns.session),
    attribution: Object.fromEntries(
      columns.attribution.flatMap(([name, column]) => (fields[column] ? [[name, fields[column]]] : [])),
    ),
    stream: stream === null ? null : /^(1|true|yes)$/i.test(stream),
  };
}

/** A whole number from 0 on. @throws BurnrateError TRACE_INVALID */
export function tokensOf(source: string, line: number, what: string, value: unknown): number {
  const tokens = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof tokens === 'number' && Number.isInteger(tokens) && tokens >= 0 && tokens <= traceTokensMax) return tokens;
  return badTrace(
    source,
    line,
    `${what} must be a whole number from 0 to ${traceTokensMax}, not ${JSON.stringify(value) ?? 'missing'}`,
  );
}

const dateTime = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?$/;

/** Seconds as a number, or a date and time (UTC when it names no zone), to fractions of a millisecond. */
export function timeOf(source: string, line: number, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value * 1_000;
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value) * 1_000;
  const match = typeof value === 'string' ? dateTime.exec(value) : null;
  if (!match)
    return badTrace(
      source,
      line,
      `no time in ${JSON.stringify(value) ?? 'the time column'}; seconds or YYYY-MM-DD hh:mm:ss are understood`,
    );
  const [, year, month, day, hour, minute, second, fraction = '0', zone = 'Z'] = match;
  const ms = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}${zone.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2')}`,
  );
  if (Number.isNaN(ms)) return badTrace(source, line, `${JSON.stringify(value)} is no date`);
  return ms + Number(`0.${fraction}`) * 1_000;
}
