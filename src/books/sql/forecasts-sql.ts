import {
  type ForecastBooks,
  type ForecastHeading,
  type ForecastPage,
  type ForecastRecord,
  forecastsMax,
} from '../forecasts.ts';
import { writeAudit } from './audit-sql.ts';
import type { ForecastRow } from './schema.ts';
import type { Database, Store, Write } from './store.ts';

const headingColumns = ['id', 'made_at_ms', 'made_by', 'automatic', 'reasons', 'inputs', 'summary'] as const;

export function sqlForecasts(store: Store): ForecastBooks {
  return {
    keep: (record) => store.write((transaction) => keep(store, transaction, record)),
    get: (id) => store.read((db) => find(db, id)),
    latest: () => store.read(latest),
    list: (page) => store.read((db) => list(db, page)),
  };
}

async function keep(store: Store, transaction: Write, record: ForecastRecord): Promise<boolean> {
  if (await find(transaction, record.id)) return false;
  await transaction.insertInto('forecasts').values(toRow(record)).execute();
  const { id: subject, madeBy: actor, reasons } = record;
  await writeAudit(store, transaction, { actor, action: 'forecast.make', subject, before: null, after: { reasons } });
  await forgetOldest(transaction);
  return true;
}

async function forgetOldest(transaction: Write): Promise<void> {
  const first = await newestFirst(transaction)
    .select(['made_at_ms', 'id'])
    .offset(forecastsMax)
    .limit(1)
    .executeTakeFirst();
  if (!first) return;
  await transaction
    .deleteFrom('forecasts')
    .where(({ eb, refTuple, tuple }) => eb(refTuple('made_at_ms', 'id'), '<=', tuple(first.made_at_ms, first.id)))
    .execute();
}

const newestFirst = (db: Database) => db.selectFrom('forecasts').orderBy('made_at_ms', 'desc').orderBy('id', 'desc');

async function find(db: Database, id: string): Promise<ForecastRecord | null> {
  const row = await db.selectFrom('forecasts').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? recordOf(row) : null;
}

async function latest(db: Database): Promise<ForecastRecord | null> {
  const row = await newestFirst(db).selectAll().where('automatic', '=', 1).limit(1).executeTakeFirst();
  return row ? recordOf(row) : null;
}

async function list(db: Database, { limit, beforeId }: ForecastPage): Promise<readonly ForecastHeading[]> {
  const before = beforeId === undefined ? null : await find(db, beforeId);
  let select = newestFirst(db).select(headingColumns);
  if (before) {
    select = select.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('made_at_ms', 'id'), '<', tuple(before.madeAtMs, before.id)),
    );
  }
  return (await select.limit(Math.min(limit, forecastsMax)).execute()).map(headingOf);
}

function toRow(record: ForecastRecord): ForecastRow {
  return {
    id: record.id,
    made_at_ms: record.madeAtMs,
    made_by: record.madeBy,
    automatic: record.automatic ? 1 : 0,
    reasons: JSON.stringify(record.reasons),
    inputs: JSON.stringify(record.inputs),
    summary: JSON.stringify(record.summary),
    report: JSON.stringify(record.report),
  };
}

function headingOf(row: Pick<ForecastRow, (typeof headingColumns)[number]>): ForecastHeading {
  return {
    id: row.id,
    madeAtMs: Number(row.made_at_ms),
    madeBy: row.made_by,
    automatic: Number(row.automatic) === 1,
    reasons: JSON.parse(row.reasons),
    inputs: JSON.parse(row.inputs),
    summary: JSON.parse(row.summary),
  };
}

function recordOf(row: ForecastRow): ForecastRecord {
  return { ...headingOf(row), report: JSON.parse(row.report) };
}
