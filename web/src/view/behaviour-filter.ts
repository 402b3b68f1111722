import { plural } from '../format/number.ts';
import type { BehindTarget } from './behind.ts';
import { bucketRange } from './behind.ts';
import type { ResolvedRange } from './range.ts';

/** Not a dimension of calls, but a filter of lists: what stands behind a figure of behaviour, as the API takes it. */
export const behaviourFilter = 'behaviour';

/** Users first seen in a week (UTC) of a stretch of time. */
export function ofCohort(week: string, told: ResolvedRange) {
  const [from, to] = [told.fromMs, told.toMs].map((ms) => new Date(ms).toISOString());
  return { [behaviourFilter]: [`cohort:${week}@${from}/${to}`] };
}

/** Their calls of one week, as far as it lies in that stretch. */
export function cohortInWeek(first: string, week: string, told: ResolvedRange): BehindTarget {
  const whole = bucketRange('week', week, 'UTC');
  const span = whole?.kind === 'fixed' ? whole : told;
  const [fromMs, toMs] = [Math.max(span.fromMs, told.fromMs), Math.min(span.toMs, told.toMs)];
  return { where: ofCohort(first, told), range: { kind: 'fixed', fromMs, toMs } };
}

/** Sessions of so many interactions, or interactions of so many runs. */
export function ofCount(
  of: 'depth' | 'chain',
  { value, orMore }: { readonly value: number; readonly orMore: boolean },
) {
  return { [behaviourFilter]: [`${of}:${value}${orMore ? '+' : ''}`] };
}

export function ofRepeats(how: 'overlapping' | 'soonAfter' | 'either') {
  return { [behaviourFilter]: [`repeat:${how}`] };
}

const repeatWords: Readonly<Record<string, string>> = {
  overlapping: 'sent again while the first still ran',
  soonAfter: 'sent again soon after an answer',
  either: 'sent again, meanwhile or soon after',
};

/** What such a filter leaves, for people. */
export function behaviourWords(text: string): string {
  const [of = '', what = ''] = text.replace(/@.*$/, '').split(':');
  if (of === 'cohort') return `users first seen in the week of ${what}`;
  if (of === 'depth') return `sessions of ${countWords(what, 'interaction')}`;
  if (of === 'chain') return `interactions of ${countWords(what, 'run')}`;
  return repeatWords[what] ?? text;
}

const countWords = (what: string, one: string): string =>
  what.endsWith('+') ? `${what.slice(0, -1)} or more ${one}s` : plural(Number(what), one);
