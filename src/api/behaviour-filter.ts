import { z } from '@hono/zod-openapi';
import { repeatSoonMs } from '../economics/index.ts';
import type { BehaviourFilter, TimeRange } from '../ledger/index.ts';
import { FieldsRefused } from './refusals.ts';

/** The parameter of lists that are narrowed to what stands behind a figure of GET /api/behaviour. */
export const behaviourQuery = z
  .string()
  .max(256)
  .optional()
  .openapi({
    description:
      'Only what behaved so: `cohort:<Monday>` calls of users first seen in that week (UTC), `depth:<n>` of sessions of n ' +
      'interactions, `chain:<n>` of interactions of n runs (`<n>+`: so many or more), `repeat:overlapping`, ' +
      '`repeat:soonAfter` or `repeat:either` of requests sent again. Told of the range asked for, or of `@<from>/<to>` ' +
      'at its end, under the same filters.',
    example: 'cohort:2026-03-02@2026-03-01T00:00:00Z/2026-04-01T00:00:00Z',
  });

const pattern = /^(\w+):([^@]*)(?:@([^/]+)\/(.+))?$/;

/** @throws FieldsRefused for what is no behaviour */
export function readBehaviourFilter(
  text: string | undefined,
  question: { readonly range: TimeRange },
): { readonly behaved?: BehaviourFilter } {
  if (text === undefined) return {};
  const [, of = '', what = '', from, to] = pattern.exec(text) ?? [];
  const range = from === undefined ? question.range : { fromMs: Date.parse(from), toMs: Date.parse(to ?? '') };
  const behaved = cohortOf(of, what) ?? countOf(of, what) ?? repeatOf(of, what);
  if (behaved === null || !(range.fromMs < range.toMs)) {
    const message = `"${text}" is not cohort:<Monday>, depth:<n>, chain:<n> or repeat:overlapping, soonAfter or either, with @<from>/<to> or without`;
    throw new FieldsRefused([{ field: 'behaviour', message }]);
  }
  return { behaved: { range, ...behaved } };
}

function cohortOf(of: string, day: string) {
  const weekMs = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : Number.NaN;
  return of === 'cohort' && Number.isFinite(weekMs) ? ({ of, weekMs } as const) : null;
}

function countOf(of: string, text: string) {
  const [, count, more] = /^(\d{1,6})(\+?)$/.exec(text) ?? [];
  if (count === undefined || (of !== 'depth' && of !== 'chain')) return null;
  return { of, count: Number(count), orMore: more === '+' } as const;
}

function repeatOf(of: string, how: string) {
  if (of !== 'repeat' || (how !== 'overlapping' && how !== 'soonAfter' && how !== 'either')) return null;
  return { of, how, soonMs: repeatSoonMs } as const;
}
