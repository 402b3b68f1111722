import type { NewAuditEntry } from '../books/index.ts';
import type { ApiPorts } from './ports.ts';

/**
 * Audits a change that was made elsewhere than in the books. When the change was there already, an earlier request may
 * have been cut off between the two: then the entry is written now.
 */
export async function auditOnce(
  { books }: Pick<ApiPorts, 'books'>,
  entry: NewAuditEntry,
  repeated: boolean,
): Promise<void> {
  if (repeated) {
    const known = await books.audit.list({ subject: entry.subject, actionPrefix: entry.action, limit: 1 });
    if (known.length > 0) return;
  }
  await books.audit.append(entry);
}
