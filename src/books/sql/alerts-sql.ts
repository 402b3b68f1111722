import type { AlertBooks, AlertQuery, AlertRecord, Delivery } from '../alerts.ts';
import { writeAudit } from './audit-sql.ts';
import type { AlertRow, DeliveryRow } from './schema.ts';
import type { Database, Store, Write } from './store.ts';

const alertsPerPageMax = 1_000;
const currentMax = 2_000;
const dueMax = 500;

export function sqlAlerts(store: Store): AlertBooks {
  return {
    save: (alerts, deliveries) => store.write((transaction) => save(transaction, alerts, deliveries)),
    current: (endedSinceMs) => store.read((db) => current(db, endedSinceMs)),
    get: (id) => store.read((db) => find(db, id)),
    list: (query) => store.read((db) => list(db, query)),
    silence: (id, untilMs, actor) =>
      store.write((transaction) =>
        change(store, transaction, id, { silenced_until_ms: untilMs }, 'alert.silence', actor),
      ),
    acknowledge: (id, actor) =>
      store.write((transaction) =>
        change(store, transaction, id, { acknowledged_by: actor }, 'alert.acknowledge', actor),
      ),
    due: (nowMs, limit) => store.read((db) => due(db, nowMs, limit)),
    settle: (id, result) => store.write((transaction) => settle(transaction, id, result)),
    prune: (beforeMs) => store.write((transaction) => prune(transaction, beforeMs)),
  };
}

async function save(
  transaction: Write,
  alerts: readonly AlertRecord[],
  deliveries: readonly Delivery[],
): Promise<void> {
  for (const alert of alerts) {
    const { silenced_until_ms: _silenced, acknowledged_by: _acknowledged, id: _id, ...changes } = toRow(alert);
    await transaction
      .insertInto('alerts')
      .values(toRow(alert))
      .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
      .execute();
  }
  for (const delivery of deliveries) {
    const row = deliveryRow(delivery);
    await transaction
      .insertInto('deliveries')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function current(db: Database, endedSinceMs: number): Promise<readonly AlertRecord[]> {
  const rows = await db
    .selectFrom('alerts')
    .selectAll()
    .where((where) =>
      where.or([where('state', '=', 'firing'), where('resolved_at_ms', '>=', endedSinceMs), where('once', '=', 1)]),
    )
    .orderBy('started_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(currentMax)
    .execute();
  const newest = new Map<string, AlertRecord>();
  for (const row of rows) if (!newest.has(row.key)) newest.set(row.key, toAlert(row));
  return [...newest.values()];
}

async function find(db: Database, id: string): Promise<AlertRecord | null> {
  const row = await db.selectFrom('alerts').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toAlert(row) : null;
}

async function list(db: Database, query: AlertQuery): Promise<readonly AlertRecord[]> {
  const before = query.beforeId === undefined ? null : await find(db, query.beforeId);
  let select = db.selectFrom('alerts').selectAll().orderBy('started_at_ms', 'desc').orderBy('id', 'desc');
  if (query.state) select = select.where('state', '=', query.state);
  if (query.kind) select = select.where('kind', '=', query.kind);
  if (before) {
    select = select.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('started_at_ms', 'id'), '<', tuple(before.startedAtMs, before.id)),
    );
  }
  return (await select.limit(Math.min(query.limit, alertsPerPageMax)).execute()).map(toAlert);
}

async function change(
  store: Store,
  transaction: Write,
  id: string,
  changes: { silenced_until_ms: number } | { acknowledged_by: string },
  action: string,
  actor: string,
): Promise<AlertRecord | null> {
  const before = await find(transaction, id);
  if (!before) return null;
  await transaction.updateTable('alerts').set(changes).where('id', '=', id).execute();
  const after = await find(transaction, id);
  const shown = (alert: AlertRecord | null) =>
    alert && { silencedUntilMs: alert.silencedUntilMs, acknowledgedBy: alert.acknowledgedBy };
  await writeAudit(store, transaction, { action, actor, subject: id, before: shown(before), after: shown(after) });
  return after;
}

async function due(db: Database, nowMs: number, limit: number): Promise<readonly Delivery[]> {
  const rows = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('due_at_ms', '<=', nowMs)
    .orderBy('due_at_ms')
    .limit(Math.min(limit, dueMax))
    .execute();
  return rows.map((row) => ({
    id: row.id,
    alertId: row.alert_id,
    channel: row.channel,
    change: row.change as Delivery['change'],
    tries: Number(row.tries),
    dueAtMs: Number(row.due_at_ms),
  }));
}

async function settle(
  transaction: Write,
  id: string,
  result: { readonly done: true } | { readonly done: false; readonly dueAtMs: number },
): Promise<void> {
  if (result.done) {
    await transaction.deleteFrom('deliveries').where('id', '=', id).execute();
    return;
  }
  await transaction
    .updateTable('deliveries')
    .set((build) => ({ due_at_ms: result.dueAtMs, tries: build('tries', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

async function prune(transaction: Write, beforeMs: number): Promise<number> {
  const gone = await transaction
    .deleteFrom('alerts')
    .where('state', '=', 'resolved')
    .where('resolved_at_ms', '<', beforeMs)
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}

function deliveryRow(delivery: Delivery): DeliveryRow {
  return {
    id: delivery.id,
    alert_id: delivery.alertId,
    channel: delivery.channel,
    change: delivery.change,
    tries: delivery.tries,
    due_at_ms: delivery.dueAtMs,
  };
}

function toRow(alert: AlertRecord): AlertRow {
  return {
    id: alert.id,
    key: alert.key,
    rule: alert.rule,
    kind: alert.kind,
    severity: alert.severity,
    subject: JSON.stringify(alert.subject),
    state: alert.state,
    summary: alert.summary,
    evidence: JSON.stringify(alert.evidence),
    link: alert.link,
    once: alert.once ? 1 : 0,
    started_at_ms: alert.startedAtMs,
    last_seen_at_ms: alert.lastSeenAtMs,
    resolved_at_ms: alert.resolvedAtMs,
    silenced_until_ms: alert.silencedUntilMs,
    acknowledged_by: alert.acknowledgedBy,
  };
}

function toAlert(row: AlertRow): AlertRecord {
  return {
    id: row.id,
    key: row.key,
    rule: row.rule,
    kind: row.kind,
    severity: row.severity as AlertRecord['severity'],
    subject: JSON.parse(row.subject),
    state: row.state as AlertRecord['state'],
    summary: row.summary,
    evidence: JSON.parse(row.evidence),
    link: row.link,
    once: Number(row.once) === 1,
    startedAtMs: Number(row.started_at_ms),
    lastSeenAtMs: Number(row.last_seen_at_ms),
    resolvedAtMs: row.resolved_at_ms === null ? null : Number(row.resolved_at_ms),
    silencedUntilMs: Number(row.silenced_until_ms),
    acknowledgedBy: row.acknowledged_by,
  };
}
