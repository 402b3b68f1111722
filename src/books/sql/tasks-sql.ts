import type { TaskBooks, TaskRecord } from '../tasks.ts';
import type { Store, Write } from './store.ts';

export function sqlTasks(store: Store): TaskBooks {
  return {
    lead: (name, holder, ttlMs) => store.write((transaction) => lead(store, transaction, name, holder, ttlMs)),
    resign: (name, holder) =>
      store.write(async (transaction) => {
        await transaction.deleteFrom('leaders').where('name', '=', name).where('holder', '=', holder).execute();
      }),
    note: (record) => store.write((transaction) => note(transaction, record)),
    list: () =>
      store.read(async (db) => (await db.selectFrom('tasks').selectAll().orderBy('name').execute()).map(fromRow)),
  };
}

async function lead(store: Store, transaction: Write, name: string, holder: string, ttlMs: number): Promise<boolean> {
  const nowMs = store.clock.nowMs();
  const row = await transaction.selectFrom('leaders').selectAll().where('name', '=', name).executeTakeFirst();
  // One that is valid for longer than any is given was given before the clock was set back.
  const leftMs = row ? Number(row.until_ms) - nowMs : 0;
  if (row && row.holder !== holder && leftMs > 0 && leftMs <= ttlMs) return false;
  const until = { holder, until_ms: nowMs + ttlMs };
  await transaction
    .insertInto('leaders')
    .values({ name, ...until })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(until))
    .execute();
  return true;
}

async function note(transaction: Write, { name, startedAtMs, endedAtMs, failure }: TaskRecord): Promise<void> {
  const row = { started_at_ms: startedAtMs, ended_at_ms: endedAtMs, failure };
  await transaction
    .insertInto('tasks')
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
}

function fromRow(row: {
  name: string;
  started_at_ms: number;
  ended_at_ms: number | null;
  failure: string | null;
}): TaskRecord {
  const endedAtMs = row.ended_at_ms === null ? null : Number(row.ended_at_ms);
  return { name: row.name, startedAtMs: Number(row.started_at_ms), endedAtMs, failure: row.failure };
}
