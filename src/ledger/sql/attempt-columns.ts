import { fromPicos, type PicosPerUnit } from '../../money/index.ts';
import {
  type Attempt,
  attributionNames,
  type CostLine,
  inputTokensOf,
  outputTokensOf,
  type PartTokens,
  type Usage,
} from '../../tree/index.ts';
import { classifyLine } from '../classify-line.ts';
import type { AttemptMark, AttemptMarks } from './attempt-marks.ts';
import { attributionColumns } from './dimensions.ts';
import { idKey } from './id-key.ts';
import { latencyBin } from './latency-bins.ts';
import { cacheReadTokensOf, plainLine } from './plain-line.ts';
import { type SqlRow, toBigInt, toNumber, toText } from './sql-text.ts';

export type ColumnType =
  | 'text'
  | 'integer'
  | 'key'
  | 'small'
  | 'count'
  | 'money'
  | 'number'
  | 'boolean'
  | 'texts'
  | 'integers'
  | 'moneys';
export type ColumnValue = string | number | bigint | boolean | null | readonly string[] | readonly bigint[];

/** One column of `attempts`: its name, what it holds, and how an attempt fills it. */
export interface AttemptColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly write: (attempt: Attempt, marks: AttemptMarks) => ColumnValue;
}

/** A provider's broken count must not stop the batch it is in: what is no number is zero, what is too large the largest. */
function toInteger(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  return BigInt(Math.trunc(Math.min(Math.max(value, -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)));
}

const column = (name: string, type: ColumnType, write: AttemptColumn['write']): AttemptColumn => ({
  name,
  type,
  write,
});
const text = (name: string, write: (attempt: Attempt) => string | null | undefined) =>
  column(name, 'text', (attempt) => write(attempt) || null);
const integer = (name: string, write: (attempt: Attempt) => number) =>
  column(name, 'integer', (attempt) => toInteger(write(attempt)));
const number = (name: string, write: (attempt: Attempt) => number | null) => column(name, 'number', write);
const lines = (name: string, type: ColumnType, write: (line: CostLine, attempt: Attempt) => string | bigint) =>
  column(name, type, (attempt) => attempt.lines.map((line) => write(line, attempt)) as string[] | bigint[]);

const key = (name: string, id: (attempt: Attempt) => string | undefined) =>
  column(name, 'key', (attempt) => {
    const known = id(attempt);
    return known ? idKey(known) : null;
  });
const mark = (name: string, of: AttemptMark) => column(name, 'count', (_, marks) => (marks[of] ? 1 : 0));
const part = (name: keyof PartTokens) =>
  column(partColumns[name], 'integer', ({ partTokens }) => (partTokens ? toInteger(partTokens[name]) : null));

/** The column each part of a prompt is counted in; null in all where the parts are not known. */
export const partColumns = {
  system: 'part_system',
  history: 'part_history',
  retrieval: 'part_retrieval',
  question: 'part_question',
  tools: 'part_tools',
} as const satisfies Readonly<Record<keyof PartTokens, string>>;
const partNames = Object.keys(partColumns) as (keyof PartTokens)[];

/** The wide table, in the order of its columns. Money is picodollars in 128 bits: a provider's broken count cannot overflow it. */
export const attemptColumns: readonly AttemptColumn[] = [
  text('attempt_id', (a) => a.attemptId),
  text('call_id', (a) => a.callId),
  integer('attempt_number', (a) => a.attemptNumber),
  text('run', (a) => a.run),
  text('reason', (a) => a.reason),
  text('layer', (a) => a.layer),
  text('inferred', (a) => a.inferred.join(',')),
  text('key_id', (a) => a.keyId),
  text('provider', (a) => a.provider),
  text('protocol', (a) => a.protocol),
  text('operation', (a) => a.operation),
  text('model_requested', (a) => a.modelRequested),
  text('model_served', (a) => a.modelServed),
  text('tier', (a) => a.tier),
  column('streamed', 'boolean', (a) => a.streamed),
  integer('status', (a) => a.status),
  text('failure', (a) => a.failure),
  integer('client_retry_count', (a) => a.clientRetryCount),
  integer('started_at', (a) => a.startedAtMs),
  number('first_byte_ms', (a) => a.firstByteMs),
  number('first_token_ms', (a) => a.firstTokenMs),
  number('duration_ms', (a) => a.durationMs),
  text('usage', (a) => JSON.stringify(a.usage)),
  integer('input_tokens', (a) => inputTokensOf(a.usage)),
  integer('cache_read_tokens', cacheReadTokensOf),
  integer('output_tokens', (a) => outputTokensOf(a.usage)),
  text('usage_source', (a) => a.usageSource),
  lines('line_kind', 'texts', (line, a) => classifyLine(line, a.reason).line),
  lines('line_bucket', 'texts', (line) => line.bucket),
  lines('line_unit', 'texts', (line) => line.unit),
  lines('line_quantity', 'integers', (line) => toInteger(line.quantity)),
  lines('line_rate', 'moneys', (line) => line.rate),
  lines('line_cost', 'moneys', (line) => line.cost.picos),
  column('cost', 'money', (a) => a.cost?.picos ?? null),
  text('price_state', (a) => a.priceState),
  text('rate_card', (a) => a.rateCard),
  text('fingerprint', (a) => a.fingerprint),
  text('prefix_hashes', (a) => a.prefixHashes.join(',')),
  ...partNames.map(part),
  integer('request_bytes', (a) => a.requestBytes),
  integer('response_bytes', (a) => a.responseBytes),
  text('provider_request_id', (a) => a.providerRequestId),
  text('decisions', (a) => (a.decisions.length > 0 ? JSON.stringify(a.decisions) : null)),
  column('simulated', 'boolean', (a) => a.simulated),
  text('workflow', (a) => a.workflow),
  text('stage', (a) => a.stage),
  text('session_id', (a) => a.session),
  text('interaction', (a) => a.interaction),
  text('user_id', (a) => a.user),
  text('customer', (a) => a.customer),
  text('segment', (a) => a.segment),
  text('team', (a) => a.team),
  text('feature', (a) => a.feature),
  text('plan', (a) => a.plan),
  text('environment', (a) => a.environment),
  text('release_name', (a) => a.release),
  text('prompt_version', (a) => a.promptVersion),
  text('tags', (a) => (a.tags ? JSON.stringify(a.tags) : null)),
  key('call_key', (a) => a.callId),
  key('run_key', (a) => a.run),
  mark('new_call', 'newCall'),
  mark('new_run', 'newRun'),
  mark('new_interaction', 'newInteraction'),
  mark('new_run_in_stage', 'newRunInStage'),
  mark('new_interaction_in_stage', 'newInteractionInStage'),
  mark('new_session', 'newSession'),
  mark('new_reason', 'newReason'),
  mark('completes_call', 'completesCall'),
  column('cause', 'text', (_, { cause }) => cause),
  key('session_key', (a) => a.session),
  key('interaction_key', (a) => a.interaction),
  column('duration_bin', 'small', (a) => latencyBin(a.durationMs)),
  column('first_token_bin', 'small', (a) => latencyBin(a.firstTokenMs)),
  text('plain_line', plainLine),
  mark('new_run_with_model', 'newRunWithModel'),
  column('run_began_at', 'integer', (_, { runBeganAtMs }) => toInteger(runBeganAtMs)),
];

/** The attempt a row was written from; its lines carry the kind they are kept under. */
export function readAttempt(row: SqlRow): Attempt {
  const attempt: Attempt = {
    attemptId: toText(row.attempt_id),
    callId: toText(row.call_id),
    attemptNumber: toNumber(row.attempt_number),
    run: toText(row.run),
    reason: toText(row.reason) as Attempt['reason'],
    layer: toText(row.layer) as Attempt['layer'],
    inferred: toList(row.inferred) as Attempt['inferred'],
    keyId: toText(row.key_id),
    provider: toText(row.provider),
    protocol: toText(row.protocol) as Attempt['protocol'],
    operation: toText(row.operation),
    modelRequested: toText(row.model_requested),
    modelServed: toText(row.model_served),
    tier: toText(row.tier),
    streamed: row.streamed === true,
    status: toNumber(row.status),
    failure: (row.failure as Attempt['failure']) ?? null,
    clientRetryCount: toNumber(row.client_retry_count),
    startedAtMs: toNumber(row.started_at),
    firstByteMs: toNumberOrNull(row.first_byte_ms),
    firstTokenMs: toNumberOrNull(row.first_token_ms),
    durationMs: toNumber(row.duration_ms),
    usage: JSON.parse(toText(row.usage) || '{}') as Usage,
    usageSource: toText(row.usage_source) as Attempt['usageSource'],
    lines: readLines(row),
    cost: row.cost === null ? null : fromPicos(toBigInt(row.cost)),
    priceState: toText(row.price_state) as Attempt['priceState'],
    rateCard: toText(row.rate_card),
    fingerprint: toText(row.fingerprint),
    prefixHashes: toList(row.prefix_hashes),
    partTokens: readParts(row),
    requestBytes: toNumber(row.request_bytes),
    responseBytes: toNumber(row.response_bytes),
    providerRequestId: toText(row.provider_request_id),
    decisions: JSON.parse(toText(row.decisions) || '[]') as string[],
    simulated: row.simulated === true,
  };
  tellAttribution(attempt as { -readonly [Name in keyof Attempt]?: unknown }, row);
  return attempt;
}

/** Last, since objects of one shape that gain a few names are made many times faster than such that begin with them. */
function tellAttribution(attempt: { -readonly [Name in keyof Attempt]?: unknown }, row: SqlRow): void {
  for (const name of attributionNames) {
    const value = row[attributionColumns[name]];
    if (value !== null) attempt[name] = toText(value);
  }
  if (row.tags !== null) attempt.tags = JSON.parse(toText(row.tags));
}

function readParts(row: SqlRow): PartTokens | null {
  if (row[partColumns.system] === null) return null;
  return Object.fromEntries(partNames.map((name) => [name, toNumber(row[partColumns[name]])])) as unknown as PartTokens;
}

function readLines(row: SqlRow): CostLine[] {
  const list = (name: string) => (row[name] ?? []) as readonly unknown[];
  const [units, quantities, rates, costs] = ['line_unit', 'line_quantity', 'line_rate', 'line_cost'].map(list);
  const bucketNames = list('line_bucket');
  return list('line_kind').map((kind, index) => ({
    line: toText(kind) as CostLine['line'],
    bucket: toText(bucketNames[index]) as CostLine['bucket'],
    quantity: toNumber(quantities?.[index]),
    unit: toText(units?.[index]) as CostLine['unit'],
    rate: toBigInt(rates?.[index]) as PicosPerUnit,
    cost: fromPicos(toBigInt(costs?.[index])),
  }));
}

function toList(value: unknown): string[] {
  const joined = toText(value);
  return joined === '' ? [] : joined.split(',');
}

function toNumberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
