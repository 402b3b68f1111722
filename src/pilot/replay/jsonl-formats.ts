import { attributionNames } from '../../tree/index.ts';
import { plainName, timeOf, tokensOf } from './csv-formats.ts';
import { badTrace, type TraceBlock, type TracePart, type TraceRecord } from './trace-record.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Tokens a mooncake block stands for; the last of a prompt may hold fewer. */
const mooncakeBlockTokens = 512;

/** @throws BurnrateError TRACE_INVALID when the line is no JSON object */
export function jsonFields(source: string, line: number, text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return badTrace(source, line, `no JSON: ${String(cause)}`);
  }
  if (isFields(value)) return value;
  return badTrace(source, line, 'each line must be a JSON object');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `timestamp` in milliseconds, `hash_ids` of 512-token blocks from the start of the prompt. */
export function mooncakeRecord(source: string, fields: Fields, line: number): TraceRecord {
  const base = lengths(source, fields, line);
  const ids = idsOf(source, line, 'hash_ids', fields.hash_ids);
  if (ids.length !== Math.ceil(base.inputTokens / mooncakeBlockTokens))
    badTrace(
      source,
      line,
      `${ids.length} hash_ids cannot cover ${base.inputTokens} tokens in blocks of ${mooncakeBlockTokens}`,
    );
  const blocks = ids.map((id, index) => ({
    id: `m${id}`,
    tokens: Math.min(mooncakeBlockTokens, base.inputTokens - index * mooncakeBlockTokens),
  }));
  // Blocks of a conversation: what came before is history, the last block holds the question.
  const parts: TracePart[] = [
    { part: 'history', blocks: blocks.slice(0, -1) },
    { part: 'question', blocks: blocks.slice(-1) },
  ];
  const { timestamp } = fields;
  const atMs = timeOf(source, line, typeof timestamp === 'number' ? timestamp / 1_000 : timestamp);
  return { ...base, atMs, parts, session: null };
}

const ragpulseParts = [
  ['system', 'sys_prompt'],
  ['retrieval', 'passages_ids'],
  ['retrieval', 'web_search'],
  ['history', 'history'],
  ['question', 'user_input'],
] as const;

/**
 * `timestamp` in seconds, `hash_ids` by part without their sizes. Each id stands for an equal share of the prompt's
 * tokens, rounded down to a multiple of 16 so that equal ids mostly keep equal text; the question takes what is left.
 */
export function ragpulseRecord(source: string, fields: Fields, line: number): TraceRecord {
  const base = lengths(source, fields, line);
  if (!isFields(fields.hash_ids)) return badTrace(source, line, 'hash_ids must name the parts of the prompt');
  const ids = fields.hash_ids;
  const named = ragpulseParts.map(([part, name]) => ({ part, ids: idsOf(source, line, name, ids[name] ?? []) }));
  const count = named.reduce((sum, entry) => sum + entry.ids.length, 0);
  const even = Math.floor(base.inputTokens / Math.max(1, count));
  const share = even >= 16 ? even - (even % 16) : even;
  const parts = named
    .slice(0, -1)
    .map(({ part, ids: own }) => ({ part, blocks: own.map((id) => ({ id: `${part}${id}`, tokens: share })) }));
  const left = base.inputTokens - parts.reduce((sum, entry) => sum + entry.blocks.length * share, 0);
  const question: TraceBlock = { id: `question${named.at(-1)?.ids.join('-') ?? ''}`, tokens: left };
  return {
    ...base,
    atMs: timeOf(source, line, fields.timestamp),
    parts: [...parts, { part: 'question', blocks: [question] }],
    session: typeof fields.session_id === 'string' ? fields.session_id : null,
  };
}

/** One JSON object a line, with the same field names as the generic CSV. */
export function jsonlRecord(source: string, fields: Fields, line: number): TraceRecord {
  const plain = new Map(Object.entries(fields).map(([name, value]) => [plainName(name), value]));
  const first = (names: readonly string[]): unknown =>
    names.map((name) => plain.get(name)).find((value) => value !== undefined);
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  return {
    line,
    atMs: timeOf(source, line, first(['timestamp', 'time', 'ts', 'ats'])),
    inputTokens: tokensOf(
      source,
      line,
      'input_tokens',
      first(['inputtokens', 'prompttokens', 'contexttokens', 'inputlength']),
    ),
    outputTokens: tokensOf(
      source,
      line,
      'output_tokens',
      first(['outputtokens', 'completiontokens', 'generatedtokens', 'outputlength']),
    ),
    parts: [],
    model: text(plain.get('model')),
    session: text(first(['session', 'sessionid'])),
    attribution: Object.fromEntries(
      attributionNames.flatMap((name) => {
        const value = name === 'session' ? null : text(plain.get(name.toLowerCase()));
        return value === null ? [] : [[name, value]];
      }),
    ),
    stream: typeof fields.stream === 'boolean' ? fields.stream : null,
  };
}

function lengths(source: string, fields: Fields, line: number): Omit<TraceRecord, 'atMs' | 'parts' | 'session'> {
  return {
    line,
    inputTokens: tokensOf(source, line, 'input_length', fields.input_length),
    outputTokens: tokensOf(source, line, 'output_length', fields.output_length),
    model: null,
    attribution: {},
    stream: null,
  };
}

function idsOf(source: string, line: number, name: string, value: unknown): (string | number)[] {
  if (!Array.isArray(value)) return badTrace(source, line, `${name} must be a list of ids`);
  return value.map((id) =>
    typeof id === 'number' || typeof id === 'string'
      ? id
      : badTrace(source, line, `${name} holds something that is no id`),
  );
}
