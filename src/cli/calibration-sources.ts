import { resolve } from 'node:path';
import type { CallInListAnswer, NewestCallsAnswer } from '../api/index.ts';
import { BurnrateError } from '../base/index.ts';
import { simulatedNote } from '../exchange/index.ts';
import type { CalibrationRow } from '../forecast/index.ts';
import { readTrace, type TraceFormat, type TraceRecord } from '../pilot/index.ts';
import { apiClient, type InstanceOptions } from './api-client.ts';
import type { Effects } from './effects.ts';
import { WrongUse } from './wrong-use.ts';

interface Reading {
  readonly from?: string;
  readonly to?: string;
  /** Share read so far, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

interface TraceRows {
  readonly rows: readonly CalibrationRow[];
  /** What is to be known about how they were read. */
  readonly notes: readonly string[];
  readonly simulated: boolean;
}

const rowsMax = 5_000_000;

/** Every record of a trace between two times: RFC 3339, or days and hours from its first record (`5d`, `36h`). */
export async function traceRows(
  effects: Pick<Effects, 'workingFolder'>,
  trace: string,
  options: Reading & { readonly format: TraceFormat | 'auto' },
): Promise<TraceRows> {
  const position = { bytesRead: 0, bytesTotal: 1 };
  const { format, records } = await readTrace(resolve(effects.workingFolder, trace), options.format, position);
  const rows: CalibrationRow[] = [];
  let firstMs: number | null = null;
  for await (const record of records) {
    firstMs ??= record.atMs;
    const inside =
      record.atMs >= timeOf('--from', options.from, firstMs, Number.NEGATIVE_INFINITY) &&
      record.atMs < timeOf('--to', options.to, firstMs, Number.POSITIVE_INFINITY);
    if (inside) rows.push(rowOfRecord(record));
    if (rows.length > rowsMax)
      throw new BurnrateError('TRACE_INVALID', { message: `${trace} has more than ${rowsMax} records` });
    if (rows.length % 1_000 === 0) options.onProgress(position.bytesRead / Math.max(1, position.bytesTotal));
  }
  return { rows, notes: format === 'ragpulse' ? [partsNote] : [], simulated: false };
}

const partsNote =
  'this format names the parts of a prompt without their sizes: tokens by part are estimates, their sum is exact';

const spans = { h: 3_600_000, d: 86_400_000 } as const;

function timeOf(option: string, text: string | undefined, firstMs: number, otherwise: number): number {
  if (text === undefined) return otherwise;
  const span = /^(\d+(?:\.\d+)?)([hd])$/.exec(text);
  const ms = span ? firstMs + Number(span[1]) * spans[span[2] as keyof typeof spans] : Date.parse(text);
  if (Number.isNaN(ms))
    throw new WrongUse(`${option} "${text}" is no time; write RFC 3339, or 5d or 36h from the first record`);
  return ms;
}

export function rowOfRecord(record: TraceRecord): CalibrationRow {
  const parts: Partial<Record<'system' | 'history' | 'retrieval' | 'question', number>> = {};
  for (const { part, blocks } of record.parts) {
    parts[part] = (parts[part] ?? 0) + blocks.reduce((sum, { tokens }) => sum + tokens, 0);
  }
  return {
    atMs: record.atMs,
    inputTokens: record.inputTokens,
    outputTokens: record.outputTokens,
    parts: record.parts.length === 0 ? null : parts,
    session: record.session,
    segment: record.attribution.segment ?? null,
    stage: record.attribution.stage ?? null,
    attempts: [],
    latencyMs: null,
  };
}

const pageCalls = 500;
/** Four weeks, so that every weekday is there alike. */
const usualRangeMs = 28 * 86_400_000;
/** The newest calls are enough for any quantile; more would only take longer. */
const callsMax = 50_000;

/** The newest calls of a stage that a running instance has recorded, at most fifty thousand. */
export async function ledgerRows(
  effects: Effects,
  options: Reading & InstanceOptions & { readonly workflow: string; readonly stage: string },
): Promise<TraceRows> {
  const client = await apiClient(effects, options);
  const rows: CalibrationRow[] = [];
  let simulated = false;
  const from = options.from ?? new Date(effects.clock.nowMs() - usualRangeMs).toISOString();
  let before: string | null = null;
  do {
    const query: [string, string][] = [
      ['where', `workflow:${options.workflow}`],
      ['where', `stage:${options.stage}`],
      ['limit', String(pageCalls)],
      ['from', from],
      ...(options.to === undefined ? [] : [['to', options.to] as [string, string]]),
      ...(before === null ? [] : [['before', before] as [string, string]]),
    ];
    const page: NewestCallsAnswer = await client.get<NewestCallsAnswer>('/api/calls', query);
    rows.push(...page.calls.map(rowOfCall));
    simulated ||= page.calls.some((call) => call.simulated === true);
    before = page.next;
    options.onProgress(rows.length / callsMax);
  } while (before !== null && rows.length < callsMax);
  const notes = [
    ...(simulated ? [simulatedNote] : []),
    ...(before === null ? [] : [`only the newest ${rows.length} calls were read`]),
  ];
  return { rows, notes, simulated };
}

function rowOfCall(call: CallInListAnswer): CalibrationRow {
  const last = call.attempts.at(-1);
  return {
    atMs: Date.parse(call.startedAt),
    inputTokens: last?.inputTokens ?? 0,
    outputTokens: last?.outputTokens ?? 0,
    parts: call.attempts[0]?.partTokens ?? null,
    session: call.session ?? null,
    segment: call.segment ?? null,
    stage: call.stage ?? null,
    attempts: call.attempts.map(({ failure }) => failure),
    latencyMs: call.durationMs,
  };
}
