import type { JournalLog } from '../journal/index.ts';
import type { Log } from './log.ts';

/** The journal's notices as lines of the process log. */
export function journalLog(log: Log): JournalLog {
  return ({ code, journalId, message }) => log('warn', 'journal_notice', { code, journalId, message });
}
