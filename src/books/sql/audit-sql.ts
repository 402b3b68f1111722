import type { AuditBooks, AuditEntry, AuditQuery, NewAuditEntry } from '../audit.ts';
import type { AuditRow } from './schema.ts';
import { nextSequence, type Store, type Write } from './store.ts';

const entriesMax = 1_000;
const entriesDefault = 100;

export function sqlAudit(store: Store): AuditBooks {
  return {
    append: (entry) => store.write((transaction) => writeAudit(store, transaction, entry)),
    list: (query = {}) => list(store, query),
  };
}

/** Appends an entry in the transaction that makes the change it tells of. */
export async function writeAudit(store: Store, transaction: Write, entry: NewAuditEntry): Promise<AuditEntry> {
  const sequence = await nextSequence(transaction, 'audit');
  const atMs = store.clock.nowMs();
  await transaction
    .insertInto('audit')
    .values({
      sequence,
      at_ms: atMs,
      actor: entry.actor,
      action: entry.action,
      subject: entry.subject,
      before_json: JSON.stringify(entry.before ?? null),
      after_json: JSON.stringify(entry.after ?? null),
    })
    .execute();
  return { ...entry, sequence, atMs };
}

async function list(store: Store, query: AuditQuery): Promise<readonly AuditEntry[]> {
  const rows = await store.read((db) => {
    let select = db.selectFrom('audit').selectAll().orderBy('sequence', 'desc');
    if (query.beforeSequence !== undefined) select = select.where('sequence', '<', query.beforeSequence);
    if (query.subject !== undefined) select = select.where('subject', '=', query.subject);
    if (query.actionPrefix !== undefined) select = select.where('action', 'like', `${query.actionPrefix}%`);
    return select.limit(Math.min(query.limit ?? entriesDefault, entriesMax)).execute();
  });
  return rows.map(toEntry);
}

function toEntry(row: AuditRow): AuditEntry {
  return {
    sequence: Number(row.sequence),
    atMs: Number(row.at_ms),
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    before: JSON.parse(row.before_json),
    after: JSON.parse(row.after_json),
  };
}
