import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type DaySpans,
  daysMissing,
  daysWithin,
  readDaySpans,
  withDays,
  withoutDays,
  writeDaySpans,
} from './day-spans.ts';
import { dayMs } from './rollups.ts';

const change = fc.record({ adds: fc.boolean(), day: fc.nat(20), days: fc.integer({ min: 1, max: 4 }) });
const lastDay = 30;

const daysOf = (spans: DaySpans) =>
  Array.from({ length: lastDay }, (_, day) => day).filter((day) =>
    spans.some(({ fromMs, toMs }) => fromMs <= day * dayMs && day * dayMs < toMs),
  );

test('spans hold the days that were added and not taken out again, in order and apart', () => {
  fc.assert(
    fc.property(fc.array(change), fc.nat(lastDay), fc.nat(lastDay), (changes, one, other) => {
      const days = new Set<number>();
      let spans: DaySpans = [];
      for (const { adds, day, days: length } of changes) {
        const meant = { fromMs: day * dayMs, toMs: (day + length) * dayMs };
        spans = adds ? withDays(spans, meant) : withoutDays(spans, meant);
        for (let each = day; each < day + length; each += 1) adds ? days.add(each) : days.delete(each);
      }
      const sorted = [...days].sort((a, b) => a - b);
      expect(daysOf(spans)).toEqual(sorted);
      expect(spans.every(({ fromMs }, index) => index === 0 || (spans[index - 1]?.toMs ?? fromMs) < fromMs)).toBe(true);
      expect(readDaySpans(writeDaySpans(spans))).toEqual(spans);
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const within = daysWithin(spans, { fromMs: from * dayMs - 1, toMs: to * dayMs + 1 });
      expect(daysOf(within)).toEqual(sorted.filter((day) => day >= from && day < to));
      const missing = daysMissing(spans, { fromMs: from * dayMs, toMs: to * dayMs }, lastDay);
      const meant = Array.from({ length: to - from }, (_, index) => to - 1 - index).filter((day) => !days.has(day));
      expect(missing).toEqual(meant.map((day) => day * dayMs));
      expect(daysMissing(spans, { fromMs: from * dayMs, toMs: to * dayMs }, 2)).toEqual(missing.slice(0, 2));
    }),
  );
});
