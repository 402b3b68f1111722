import type { RefusedCall } from '../../tree/index.ts';
import { type RefusedCallBooks, type RefusedCallQuery, refusedCaller, refusedCallLimits } from '../refused-calls.ts';
import type { RefusedCallRow } from './schema.ts';
import type { Database, Store, Write } from './store.ts';

const { keptMax, perCallerMax, atOnceMax } = refusedCallLimits;

export function sqlRefusedCalls(store: Store): RefusedCallBooks {
  return {
    keep: async (refused) => {
      if (refused.length > 0) await store.write((transaction) => keep(transaction, refused.slice(-atOnceMax)));
    },
    list: (query) => store.read((db) => list(db, query)),
    prune: (beforeMs) =>
      store.write(async (transaction) => {
        const gone = await transaction.deleteFrom('refused_calls').where('at_ms', '<', beforeMs).executeTakeFirst();
        return Number(gone.numDeletedRows);
      }),
  };
}

async function keep(transaction: Write, refused: readonly RefusedCall[]): Promise<void> {
  await transaction
    .insertInto('refused_calls')
    .values(refused.map(toRow))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  for (const caller of new Set(refused.map(refusedCaller))) await forgetOf(transaction, caller);
  await forgetOldest(transaction);
}

async function forgetOf(transaction: Write, caller: string): Promise<void> {
  const tooMany = transaction
    .selectFrom('refused_calls')
    .select('id')
    .where('caller', '=', caller)
    .orderBy('at_ms', 'desc')
    .orderBy('id', 'desc')
    // An offset needs a limit in SQLite; no more than these can be beyond it.
    .limit(atOnceMax)
    .offset(perCallerMax);
  await transaction.deleteFrom('refused_calls').where('id', 'in', tooMany).execute();
}

async function forgetOldest(transaction: Write): Promise<void> {
  const { count } = await transaction
    .selectFrom('refused_calls')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const tooMany = Number(count) - keptMax;
  if (tooMany <= 0) return;
  const oldest = transaction.selectFrom('refused_calls').select('id').orderBy('at_ms').orderBy('id').limit(tooMany);
  await transaction.deleteFrom('refused_calls').where('id', 'in', oldest).execute();
}

async function list(db: Database, { user, budget, limit }: RefusedCallQuery): Promise<readonly RefusedCall[]> {
  let select = db.selectFrom('refused_calls').select('told').orderBy('at_ms', 'desc').orderBy('id', 'desc');
  if (user !== undefined) select = select.where('user_name', '=', user);
  if (budget !== undefined) select = select.where('budget', '=', budget);
  const rows = await select.limit(Math.min(limit, keptMax)).execute();
  return rows.map(({ told }) => JSON.parse(told) as RefusedCall);
}

function toRow(refused: RefusedCall): RefusedCallRow {
  return {
    id: refused.id,
    at_ms: refused.atMs,
    caller: refusedCaller(refused),
    user_name: refused.attribution.user ?? null,
    budget: refused.budget?.name ?? null,
    told: JSON.stringify(refused),
  };
}
