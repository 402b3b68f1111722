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

/** The parts in prompt order, with the tokens one id of each stands for: the trace tells only their sum. */
const ragpulseParts = [
  { part: 'system', name: 'sys_prompt', blockTokens: 64 },
  { part: 'retrieval', name: 'passages_ids', blockTokens: 384 },
  { part: 'retrieval', name: 'web_search', blockTokens: 384 },
  { part: 'history', name: 'history', blockTokens: 128 },
] as const;

/**
 * `timestamp` in seconds, `hash_ids` by part without their sizes. Every id has a fixed size, so that equal ids give
 * equal text, and the question takes what is left; where the prompt is too short for that, all sizes shrink alike.
 */
export function ragpulseRecord(source: string, fields: Fields, line: number): TraceRecord {
  const base = lengths(source, fields, line);
  if (!isFields(fields.hash_ids)) return badTrace(source, line, 'hash_ids must name the parts of the prompt');
  const ids = fields.hash_ids;
  const full = ragpulseParts.map(({ part, name, blockTokens }) => ({
    part,
    blocks: idsOf(source, line, name, ids[name] ?? []).map((id) => ({ id: `${part}${id}`, tokens: blockTokens })),
  }));
  const scale = Math.min(1, base.inputTokens / Math.max(1, tokensIn(full)));
  const parts = scale === 1 ? full : full.map((entry) => shrunk(entry, scale));
  const question = idsOf(source, line, 'user_input', ids.user_input ?? []).join('-');
  const rest: TraceBlock = { id: `question${question}`, tokens: base.inputTokens - tokensIn(parts) };
  return {
    ...base,
    atMs: timeOf(source, line, fields.timestamp),
    parts: [...parts, { part: 'question', blocks: [rest] }],
    session: typeof fields.session_id === 'string' ? fields.session_id : null,
  };
}

function tokensIn(parts: readonly TracePart[]): number {
  return parts.reduce((sum, { blocks }) => sum + blocks.reduce((own, block) => own + block.tokens, 0), 0);
}

function shrunk({ part, blocks }: TracePart, scale: number): TracePart {
  return { part, blocks: blocks.map(({ id, tokens }) => ({ id, tokens: Math.floor(tokens * scale) })) };
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
