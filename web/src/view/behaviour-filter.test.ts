import { expect, test } from 'vitest';
import { behaviourWords, cohortInWeek, ofCohort, ofCount, ofRepeats } from './behaviour-filter.ts';

const told = { fromMs: Date.parse('2026-03-04T12:00:00Z'), toMs: Date.parse('2026-03-20T00:00:00Z') };

test.each([
  [ofCohort('2026-03-02', told), 'users first seen in the week of 2026-03-02'],
  [ofCount('depth', { value: 3, orMore: false }), 'sessions of 3 interactions'],
  [ofCount('chain', { value: 20, orMore: true }), 'interactions of 20 or more runs'],
  [ofRepeats('overlapping'), 'sent again while the first still ran'],
  [{ behaviour: ['another'] }, 'another'],
])('%j is %s', (where, words) => {
  expect(behaviourWords(where.behaviour?.[0] ?? '')).toBe(words);
});

test.each([
  ['2026-03-02', '2026-03-04T12:00:00Z', '2026-03-09T00:00:00Z'],
  ['2026-03-09', '2026-03-09T00:00:00Z', '2026-03-16T00:00:00Z'],
  ['2026-03-16', '2026-03-16T00:00:00Z', '2026-03-20T00:00:00Z'],
])('the week of %s counts as far as it is looked at', (week, from, to) => {
  expect(cohortInWeek('2026-03-02', week, told)).toEqual({
    where: { behaviour: ['cohort:2026-03-02@2026-03-04T12:00:00.000Z/2026-03-20T00:00:00.000Z'] },
    range: { kind: 'fixed', fromMs: Date.parse(from), toMs: Date.parse(to) },
  });
});
