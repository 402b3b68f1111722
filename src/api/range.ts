import { z } from '@hono/zod-openapi';
import type { TimeRange } from '../ledger/index.ts';
import { apiLimits } from './ports.ts';
import { FieldsRefused } from './refusals.ts';

const moment = z.string().datetime({ offset: true, message: 'must be an RFC 3339 time, like 2026-03-01T00:00:00Z' });

/** `from` and `to` of a query; the last 24 hours when both are absent. */
export const rangeQuery = {
  from: moment.optional().openapi({ description: 'Start, inclusive; 24 hours before `to` when absent.' }),
  to: moment.optional().openapi({ description: 'End, exclusive; now when absent.' }),
};

/** @throws FieldsRefused when the range is empty */
export function readRange(
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  nowMs: number,
): TimeRange {
  // A call that begins within this very millisecond belongs to "now".
  const toMs = query.to === undefined ? nowMs + 1 : Date.parse(query.to);
  const fromMs = query.from === undefined ? toMs - apiLimits.rangeMsDefault : Date.parse(query.from);
  if (fromMs >= toMs) throw new FieldsRefused([{ field: 'from', message: 'must be before `to`' }]);
  return { fromMs, toMs };
}

export function rangeJson(range: TimeRange): { from: string; to: string } {
  return { from: timeJson(range.fromMs), to: timeJson(range.toMs) };
}

/** RFC 3339, UTC, milliseconds. */
export function timeJson(ms: number): string {
  return new Date(ms).toISOString();
}
