import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketOf, type RangeChoice, resolveRange } from './range.ts';
import { emptyView, formatView, parseView, type ViewState, withFilter, withoutFilter } from './view-state.ts';

describe('a view in the URL', () => {
  test.each<[string, Partial<ViewState>]>([
    ['', {}],
    ['?range=7d', { range: { kind: 'last', preset: '7d' } }],
    ['?by=team,model', { by: ['team', 'model'] }],
    ['?where.team=support&where.team=growth', { where: { team: ['support', 'growth'] } }],
    ['?where.stage=', { where: { stage: [''] } }],
    ['?where.tag.region=eu', { where: { 'tag.region': ['eu'] } }],
    ['?open=answer', { open: ['answer'] }],
    ['?tree=diff', { tree: 'diff' }],
    ['?scenario=expected&set.traffic=1.5', { scenario: 'expected', sliders: { traffic: 1.5 } }],
    ['?use.support.answer=openai%2Fgpt-5-mini', { models: { 'support.answer': 'openai/gpt-5-mini' } }],
    [
      '?from=2026-03-01T10:00:00.000Z&to=2026-03-01T12:00:00.000Z',
      { range: { kind: 'fixed', fromMs: Date.UTC(2026, 2, 1, 10), toMs: Date.UTC(2026, 2, 1, 12) } },
    ],
  ])('%s is read and written back', (search, patch) => {
    expect(parseView(search)).toEqual({ ...emptyView, ...patch });
    expect(formatView({ ...emptyView, ...patch })).toBe(search);
  });

  test.each([
    ['an unknown preset', '?range=1y'],
    ['an upside-down range', '?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z'],
    ['a slider that is no number', '?set.traffic=much'],
    ['a slider on a prototype', '?set.__proto__=1'],
    ['an unknown side of the tree', '?tree=other'],
    ['half a range', '?from=2026-03-02T00:00:00Z'],
    ['a dimension that is none', '?by=%3Cscript%3E'],
    ['a filter on a prototype', '?where.__proto__=x'],
    ['something else altogether', '?utm_source=mail'],
  ])('%s is left out', (_, search) => {
    expect(parseView(search)).toEqual(emptyView);
  });

  test('a hostile link stays bounded', () => {
    const many = Array.from({ length: 5_000 }, (_, n) => `where.user=u${n}`).join('&');
    expect(parseView(`?${many}`).where.user).toHaveLength(50);
    expect(parseView(`?where.user=${'x'.repeat(10_000)}`).where).toEqual({});
  });

  test('any view survives the way through the URL', () => {
    const text = fc.string({ maxLength: 40 });
    const name = fc.constantFrom('team', 'stage', 'model', 'tag.region');
    const view = fc.record({
      range: fc.constantFrom<RangeChoice>(
        { kind: 'last', preset: '1h' },
        { kind: 'last', preset: '30d' },
        { kind: 'fixed', fromMs: 0, toMs: 60_000 },
      ),
      by: fc.uniqueArray(name, { maxLength: 3 }),
      where: fc.dictionary(name, fc.uniqueArray(text, { minLength: 1, maxLength: 4 })),
      open: fc.array(text, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(view, (given) => {
        expect(parseView(formatView(given))).toEqual(normal(given));
      }),
    );
  });

  test('filters are set and taken away', () => {
    const where = withFilter({ team: ['a'] }, 'model', 'gpt-5');
    expect(where).toEqual({ team: ['a'], model: ['gpt-5'] });
    expect(withoutFilter(where, 'team')).toEqual({ model: ['gpt-5'] });
  });
});

/** Dictionaries of fast-check have no prototype. */
function normal(view: ViewState): ViewState {
  return { ...view, where: { ...view.where } };
}

describe('ranges', () => {
  test('a moving range ends now', () => {
    expect(resolveRange({ kind: 'last', preset: '15m' }, 1_000_000_000)).toEqual({
      fromMs: 1_000_000_000 - 900_000,
      toMs: 1_000_000_000,
    });
  });

  test.each<[number, string]>([
    [3_600_000, 'minute'],
    [6 * 3_600_000, 'hour'],
    [9 * 86_400_000, 'hour'],
    [60 * 86_400_000, 'day'],
  ])('a fixed range of %i ms has bars per %s', (lengthMs, bucket) => {
    expect(bucketOf({ kind: 'fixed', fromMs: 0, toMs: lengthMs })).toBe(bucket);
  });
});
