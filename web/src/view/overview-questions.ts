import type { CostsQuery } from '../api/paths.ts';
import { bucketOf, type RangeChoice } from './range.ts';
import { dimensionFilters, type Filters, type ViewState } from './view-state.ts';

/** The burn rate looks at this much of the past: short enough to be now, long enough not to flicker. */
export const burnWindow: RangeChoice = { kind: 'last', preset: '15m' };

/** Groups compared; both days are asked for this many. */
const groupsMax = 1_000;
/** What days are compared by until somebody chooses. */
export const usuallyComparedBy = 'stage';

/** What happened over time, which also holds the sums of all of it. */
export function overTimeOf({ range, where }: ViewState): CostsQuery {
  const by = [bucketOf(range), 'workflow'];
  return { by, where: dimensionFilters(where), orderBy: 'dimensions', limit: 10_000 };
}

/** One day's costs, whose sum is that day's. */
export function dayOf(where: Filters, by = usuallyComparedBy): CostsQuery {
  return { by: [by], where: dimensionFilters(where), limit: groupsMax };
}

/** A month's costs day by day, whose sum is the month's. */
export function monthOf(where: Filters): CostsQuery {
  return { by: ['day'], where: dimensionFilters(where), orderBy: 'dimensions', limit: 40 };
}

/** What burns now. */
export function burnOf(where: Filters): CostsQuery {
  return { by: [], where: dimensionFilters(where) };
}
