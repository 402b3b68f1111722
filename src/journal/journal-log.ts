import type { ErrorCode } from '../base/index.ts';

/** One coded line about the journal for the process's log. Nothing of a request's content is in it. */
export interface JournalNotice {
  readonly code: ErrorCode;
  readonly journalId: string;
  readonly message: string;
}

export type JournalLog = (notice: JournalNotice) => void;

export function noticeOf(code: ErrorCode, journalId: string, cause: unknown): JournalNotice {
  return { code, journalId, message: cause instanceof Error ? cause.message : String(cause) };
}
