import type { Attempt, FailureClass } from '../../tree/index.ts';
import { inputTokensOf, outputTokensOf } from '../../tree/index.ts';

export const inputParts = ['system', 'history', 'retrieval', 'question', 'tools'] as const;
export type InputPart = (typeof inputParts)[number];

/** One call, wherever it was recorded. */
export interface CalibrationRow {
  /** When it began, ms. */
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Input tokens by part; null where only the sum is known. */
  readonly parts: Readonly<Partial<Record<InputPart, number>>> | null;
  readonly session: string | null;
  readonly segment: string | null;
  readonly stage: string | null;
  /** How each attempt failed, in order, null for one that did not; empty where a record tells nothing of attempts. */
  readonly attempts: readonly (FailureClass | null)[];
  readonly latencyMs: number | null;
}

/** The row of a call from its attempts in the ledger. */
export function rowOfAttempts(attempts: readonly [Attempt, ...Attempt[]]): CalibrationRow {
  const [first] = attempts;
  const last = attempts.at(-1) ?? first;
  return {
    atMs: first.startedAtMs,
    inputTokens: inputTokensOf(last.usage),
    outputTokens: outputTokensOf(last.usage),
    parts: first.partTokens,
    session: first.session ?? null,
    segment: first.segment ?? null,
    stage: first.stage ?? null,
    attempts: attempts.map(({ failure }) => failure),
    latencyMs: last.startedAtMs + last.durationMs - first.startedAtMs,
  };
}
