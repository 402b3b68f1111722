import { BurnrateError } from '../../base/index.ts';

/** A part of a prompt: which role says it, and blocks of text named by id, so that equal ids give equal text. */
export interface TracePart {
  readonly part: 'system' | 'retrieval' | 'history' | 'question';
  readonly blocks: readonly TraceBlock[];
}

export interface TraceBlock {
  readonly id: string;
  readonly tokens: number;
}

/** One request of a trace, whatever its format. */
export interface TraceRecord {
  /** Line in the file, from 1. */
  readonly line: number;
  /** Milliseconds since the trace's own zero. */
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Empty when the trace tells only how long the prompt was. */
  readonly parts: readonly TracePart[];
  readonly model: string | null;
  readonly session: string | null;
  /** Attribution the trace itself names, by attribution name. */
  readonly attribution: Readonly<Record<string, string>>;
  /** null leaves it to the replay's stream share. */
  readonly stream: boolean | null;
}

/** Larger token counts are taken for a mistake in the file. */
export const traceTokensMax = 10_000_000;

/** @throws always: BurnrateError TRACE_INVALID naming the line */
export function badTrace(source: string, line: number, problem: string): never {
  throw new BurnrateError('TRACE_INVALID', { message: `${source}:${line}: ${problem}`, facts: { line } });
}
