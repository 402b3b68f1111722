import type { AddedReviewAnswer, ReviewAnswer, ReviewsAnswer } from '../api/index.ts';
import { apiClient, type InstanceOptions } from './api-client.ts';
import type { Effects } from './effects.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { print } from './output.ts';
import { table } from './table.ts';
import { terminalWidth } from './terminal.ts';

export interface ReviewOptions extends InstanceOptions {
  readonly json?: boolean;
}

export interface ListReviewOptions extends ReviewOptions {
  readonly state?: string;
  readonly kind?: string;
  readonly workflow?: string;
}

export async function listReviews(effects: Effects, options: ListReviewOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const { state = 'waiting', kind, workflow } = options;
  const asked = { ...(state === 'all' ? {} : { state }), ...(kind ? { kind } : {}), ...(workflow ? { workflow } : {}) };
  const answer = await client.get<ReviewsAnswer>('/api/reviews', Object.entries(asked));
  print(effects, options.json === true, answer, () => queueText(answer, terminalWidth(effects)));
  return exitCodes.fine;
}

export interface AddReviewOptions extends ReviewOptions {
  readonly id?: string;
  readonly call?: string;
  readonly run?: string;
  readonly role?: string;
  readonly reason?: string;
  readonly link?: string;
  readonly escalation?: boolean;
}

export async function addReview(effects: Effects, options: AddReviewOptions): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const { id, call, run, role, reason, link, escalation } = options;
  const kind = escalation ? 'escalation' : 'application';
  const body = { id, kind, call, run, role, reason, link };
  const added = await client.send<AddedReviewAnswer>('POST', '/api/reviews', body);
  print(effects, options.json === true, added, () => `${added.review.id} waits for somebody to look at it.`);
  return exitCodes.fine;
}

export async function takeReview(
  effects: Effects,
  action: 'start' | 'release',
  id: string,
  options: ReviewOptions & { readonly reviewer?: string },
): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const path = `/api/reviews/${encodeURIComponent(id)}/${action}`;
  const review = await client.send<ReviewAnswer>('POST', path, { reviewer: options.reviewer });
  print(effects, options.json === true, review, () =>
    action === 'start' ? `${review.id} is with ${review.reviewer}; its time runs.` : `${review.id} waits again.`,
  );
  return exitCodes.fine;
}

export interface DecideOptions extends ReviewOptions {
  readonly minutes?: number;
  readonly note?: string;
  readonly reviewer?: string;
}

export async function decideReview(
  effects: Effects,
  id: string,
  decision: string,
  options: DecideOptions,
): Promise<ExitCode> {
  const client = await apiClient(effects, options);
  const { minutes, note, reviewer } = options;
  const body = { decision, minutes, note, reviewer };
  const review = await client.send<ReviewAnswer>('POST', `/api/reviews/${encodeURIComponent(id)}/decide`, body);
  print(
    effects,
    options.json === true,
    review,
    () => `${review.id}: ${review.decision}, ${(review.minutes ?? 0).toFixed(1)} minutes.`,
  );
  return exitCodes.fine;
}

function queueText({ reviews, queue }: ReviewsAnswer, width: number): string {
  const standing = `${queue.waiting} wait, ${queue.started} are being looked at.`;
  if (reviews.length === 0) return standing;
  const titles = ['since', 'why', 'where', 'what', 'who', 'result', 'id'];
  const rows = reviews.map((review) => [
    review.createdAt.slice(0, 16),
    review.reason ?? review.kind,
    [review.workflow, review.stage].filter((name) => name !== null).join('.'),
    review.call ?? review.run ?? '',
    review.reviewer ?? '',
    review.decision === null ? review.state : `${review.decision}, ${(review.minutes ?? 0).toFixed(1)} min`,
    review.id,
  ]);
  const columns = titles.map((title) => ({ title, flexible: ['why', 'where', 'what', 'who'].includes(title) }));
  return [table(columns, rows, width), standing].join('\n');
}
