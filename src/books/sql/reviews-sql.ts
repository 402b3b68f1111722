import {
  type AddReviewResult,
  isTaken,
  type NewReview,
  type ReviewBooks,
  type ReviewChange,
  type ReviewCounts,
  type ReviewQuery,
  type ReviewRecord,
  type ReviewVerdict,
  reviewLimits,
  spentUntil,
} from '../reviews.ts';
import { writeAudit } from './audit-sql.ts';
import { contentOf, newRow, toReview } from './review-rows.ts';
import type { ReviewRow } from './schema.ts';
import type { Database, Store, Write } from './store.ts';

const reviewsPerPageMax = 1_000;
const minuteMs = 60_000;

export function sqlReviews(store: Store): ReviewBooks {
  const change = (work: (transaction: Write) => Promise<ReviewChange>) => store.write(work);
  return {
    add: (reviews, actor) => store.write((transaction) => add(store, transaction, reviews, actor)),
    get: (id) => store.read((db) => find(db, id)),
    list: (query) => store.read((db) => list(db, query)),
    counts: () => store.read(counts),
    start: (id, reviewer, actor) => change((transaction) => start(store, transaction, { id, reviewer, actor })),
    release: (id, reviewer, actor) => change((transaction) => release(store, transaction, { id, reviewer, actor })),
    decide: (id, verdict, actor) => change((transaction) => decide(store, transaction, { id, verdict, actor })),
    unrecorded: (limit) => store.read((db) => unrecorded(db, limit)),
    markRecorded: (ids) => store.write((transaction) => markRecorded(transaction, ids)),
    prune: (sampledBeforeMs, decidedBeforeMs) =>
      store.write((transaction) => prune(store, transaction, sampledBeforeMs, decidedBeforeMs)),
  };
}

async function add(
  store: Store,
  transaction: Write,
  reviews: readonly NewReview[],
  actor: string,
): Promise<AddReviewResult[]> {
  const { waiting, started } = await counts(transaction);
  let room = reviewLimits.openMax - waiting - started;
  const results: AddReviewResult[] = [];
  for (const review of reviews) {
    const known = await find(transaction, review.id);
    const result = known ? repeated(known, review) : room > 0 ? await insert(store, transaction, review, actor) : full;
    if (result.ok && !result.repeated) room -= 1;
    results.push(result);
  }
  return results;
}

const full: AddReviewResult = { ok: false, reason: 'full' };

function repeated(known: ReviewRecord, sent: NewReview): AddReviewResult {
  return contentOf(known) === contentOf(sent)
    ? { ok: true, review: known, repeated: true }
    : { ok: false, reason: 'conflict' };
}

async function insert(store: Store, transaction: Write, review: NewReview, actor: string): Promise<AddReviewResult> {
  const row = newRow(review, store.clock.nowMs());
  await transaction.insertInto('reviews').values(row).execute();
  const { id, kind, callId, run } = review;
  const after = { kind, callId, run };
  await writeAudit(store, transaction, { action: 'review.add', actor, subject: id, before: null, after });
  return { ok: true, review: toReview(row), repeated: false };
}

async function find(db: Database, id: string): Promise<ReviewRecord | null> {
  const row = await db.selectFrom('reviews').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toReview(row) : null;
}

async function list(db: Database, query: ReviewQuery): Promise<readonly ReviewRecord[]> {
  const oldestFirst = query.state === 'waiting';
  const direction = oldestFirst ? 'asc' : 'desc';
  let select = db.selectFrom('reviews').selectAll().orderBy('created_at_ms', direction).orderBy('id', direction);
  if (query.state) select = select.where('state', '=', query.state);
  if (query.kind) select = select.where('kind', '=', query.kind);
  if (query.workflow !== undefined) select = select.where('workflow', '=', query.workflow);
  if (query.stage !== undefined) select = select.where('stage', '=', query.stage);
  const after = query.afterId === undefined ? null : await find(db, query.afterId);
  if (after) {
    select = select.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('created_at_ms', 'id'), oldestFirst ? '>' : '<', tuple(after.createdAtMs, after.id)),
    );
  }
  return (await select.limit(Math.min(query.limit, reviewsPerPageMax)).execute()).map(toReview);
}

async function counts(db: Database): Promise<ReviewCounts> {
  const rows = await db
    .selectFrom('reviews')
    .select(({ fn }) => ['state', fn.countAll().as('count'), fn.min('created_at_ms').as('oldest')])
    .where('state', '!=', 'decided')
    .groupBy('state')
    .execute();
  const of = (state: string) => rows.find((row) => row.state === state);
  const oldest = of('waiting')?.oldest;
  return {
    waiting: Number(of('waiting')?.count ?? 0),
    started: Number(of('started')?.count ?? 0),
    oldestWaitingAtMs: oldest === undefined || oldest === null ? null : Number(oldest),
  };
}

interface Taking {
  readonly id: string;
  readonly reviewer: string;
  readonly actor: string;
}

async function start(store: Store, transaction: Write, { id, reviewer, actor }: Taking): Promise<ReviewChange> {
  const nowMs = store.clock.nowMs();
  const found = await findFor(reviewer, transaction, id, nowMs);
  if (!found.ok || (found.review.state === 'started' && found.review.reviewer === reviewer)) return found;
  const taken = { state: 'started', reviewer, started_at_ms: nowMs, spent_ms: spentUntil(found.review, nowMs) };
  return save(store, transaction, found.review, taken, 'review.start', actor);
}

async function release(store: Store, transaction: Write, { id, reviewer, actor }: Taking): Promise<ReviewChange> {
  const nowMs = store.clock.nowMs();
  const found = await findFor(reviewer, transaction, id, nowMs);
  if (!found.ok || found.review.state === 'waiting') return found;
  const back = { state: 'waiting', reviewer: null, started_at_ms: null, spent_ms: spentUntil(found.review, nowMs) };
  return save(store, transaction, found.review, back, 'review.release', actor);
}

/** The review as it stands, for `reviewer` to change; else why it cannot be changed by them now. */
async function findFor(reviewer: string, transaction: Write, id: string, nowMs: number): Promise<ReviewChange> {
  const review = await find(transaction, id);
  if (!review) return { ok: false, reason: 'not_found' };
  if (review.state === 'decided') return { ok: false, reason: 'decided', review };
  if (isTaken(review, reviewer, nowMs)) return { ok: false, reason: 'taken', review };
  return { ok: true, review, repeated: true };
}

interface Deciding {
  readonly id: string;
  readonly verdict: ReviewVerdict;
  readonly actor: string;
}

async function decide(store: Store, transaction: Write, { id, verdict, actor }: Deciding): Promise<ReviewChange> {
  const nowMs = store.clock.nowMs();
  const found = await findFor(verdict.reviewer, transaction, id, nowMs);
  if (!found.ok) {
    const said = found.reason === 'decided' && isSame(found.review, verdict);
    return said ? { ok: true, review: found.review, repeated: true } : found;
  }
  const { review } = found;
  const spentMs = spentUntil(review, nowMs);
  if (verdict.minutes === null && spentMs === 0) return { ok: false, reason: 'not_started', review };
  const decided = {
    ...{ state: 'decided', reviewer: verdict.reviewer, decision: verdict.decision, note: verdict.note },
    ...{ spent_ms: spentMs, decided_at_ms: nowMs, decided_by: actor, decided_as: verdict.as },
    minutes: verdict.minutes ?? Math.min(spentMs / minuteMs, reviewLimits.minutesMax),
    minutes_stated: verdict.minutes === null ? 0 : 1,
  };
  return save(store, transaction, review, decided, 'review.decide', actor);
}

/** Whether a verdict that comes again says what was decided. */
function isSame(review: ReviewRecord, { reviewer, decision, minutes, note }: ReviewVerdict): boolean {
  const sameMinutes = minutes === null ? !review.minutesStated : review.minutesStated && review.minutes === minutes;
  return review.reviewer === reviewer && review.decision === decision && review.note === note && sameMinutes;
}

async function save(
  store: Store,
  transaction: Write,
  before: ReviewRecord,
  changes: Partial<ReviewRow>,
  action: string,
  actor: string,
): Promise<ReviewChange> {
  const change = transaction.updateTable('reviews').set(changes).where('id', '=', before.id);
  const review = toReview(await change.returningAll().executeTakeFirstOrThrow());
  const shownChange = { before: shown(before), after: shown(review) };
  await writeAudit(store, transaction, { action, actor, subject: before.id, ...shownChange });
  return { ok: true, review, repeated: false };
}

const shown = ({ state, reviewer, decision, minutes }: ReviewRecord) => ({ state, reviewer, decision, minutes });

async function unrecorded(db: Database, limit: number): Promise<readonly ReviewRecord[]> {
  const rows = await db
    .selectFrom('reviews')
    .selectAll()
    .where('state', '=', 'decided')
    .where('in_ledger', '=', 0)
    .orderBy('decided_at_ms')
    .limit(Math.min(limit, reviewsPerPageMax))
    .execute();
  return rows.map(toReview);
}

async function markRecorded(transaction: Write, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await transaction
    .updateTable('reviews')
    .set({ in_ledger: 1 })
    .where('id', 'in', [...ids])
    .execute();
}

async function prune(
  store: Store,
  transaction: Write,
  sampledBeforeMs: number,
  decidedBeforeMs: number,
): Promise<number> {
  const gone = await transaction
    .deleteFrom('reviews')
    .where((where) =>
      where.or([
        where.and([
          where('state', '=', 'waiting'),
          where('kind', '=', 'sample'),
          where('created_at_ms', '<', sampledBeforeMs),
        ]),
        where.and([
          where('state', '=', 'decided'),
          where('in_ledger', '=', 1),
          where('decided_at_ms', '<', decidedBeforeMs),
        ]),
      ]),
    )
    .executeTakeFirst();
  const count = Number(gone.numDeletedRows);
  const entry = { action: 'review.prune', actor: 'scheduler', subject: 'reviews', before: { count }, after: null };
  if (count > 0) await writeAudit(store, transaction, entry);
  return count;
}
