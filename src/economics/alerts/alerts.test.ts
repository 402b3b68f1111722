import { describe, expect, test } from 'vitest';
import {
  dayMs,
  hourMs,
  type Incident,
  plainShape,
  SimulatedFacts,
  simulateSlot,
  slotMs,
} from '../../../test/cases/alert-traffic.ts';
import { seededRandom } from '../../base/index.ts';
import { defaultConfig } from '../../config/index.ts';
import type { Finding } from './alert.ts';
import { windowsOf } from './burn-rate.ts';
import { type Alert, advance, alertWatcher, isSilenced, watchRules } from './index.ts';

const startMs = Date.UTC(2026, 2, 2);
const knownDays = 15;
const settings = { rules: watchRules(defaultConfig({})), budgets: [], allowances: [], standings: [] };

/** None that rules were tuned on. */
const seed = 104;

/** Half a month of ordinary traffic, then a day with what goes wrong in it; a look every half hour of that day. */
async function dayWith(incident: Partial<Incident>): Promise<Alert[]> {
  const facts = new SimulatedFacts();
  const random = seededRandom(seed);
  const fromMs = startMs + knownDays * dayMs;
  const wrong = { name: 'x', tells: [], ...incident, fromMs: fromMs + 10 * hourMs, toMs: fromMs + 13 * hourMs };
  const watch = alertWatcher(facts);
  let known: Alert[] = [];
  const fired: Alert[] = [];
  for (let atMs = startMs; atMs < fromMs + dayMs; atMs += slotMs) {
    facts.add(atMs, simulateSlot(atMs, plainShape(atMs), random, [wrong]));
    const nowMs = atMs + slotMs;
    if (nowMs < fromMs + 8 * hourMs || nowMs > fromMs + 14 * hourMs || nowMs % (hourMs / 2) !== 0) continue;
    const step = advance(known, await watch(settings, nowMs), nowMs, () => `alert-${fired.length}`);
    known = [...new Map([...known, ...step.changed].map((alert) => [alert.key, alert])).values()];
    fired.push(...step.tell.flatMap(({ alert, change }) => (change === 'fired' ? [alert] : [])));
  }
  return fired;
}

describe('what goes wrong is told, and nothing else', () => {
  test.each<[string, Partial<Incident>, string[]]>([
    ['nothing', {}, []],
    ['a spike', { calls: 5 }, ['token-spike']],
    ['a fallback surge', { fallbackShare: 0.3 }, ['fallback-surge']],
    ['a retry storm', { retryShare: 0.6 }, ['retry-storm']],
    ['a new route', { newRoute: true }, ['new-high-cost-route']],
    ['a new price', { price: 1.5 }, ['price-jump']],
    ['a silent meter', { absentShare: 0.2 }, ['silent-meter']],
    ['a cache nobody reads any more', { cacheShare: 0.05 }, ['cache-collapse']],
  ])('%s', async (_, incident, kinds) => {
    const fired = await dayWith(incident);
    expect([...new Set(fired.map((alert) => alert.kind))]).toEqual(kinds);
  });
});

test.each([
  [30, [14.4, 6, 3, 1]],
  [31, [14.88, 6.2, 3.1, 31 / 30]],
  [7, [14.4, 6, 3, 1]],
])('burn rates of a period of %i days', (days, burns) => {
  const windows = windowsOf(days * dayMs);
  windows.forEach((window, index) => {
    expect(window.burn).toBeCloseTo(burns[index] ?? 0, 6);
  });
  expect(windows[2]?.longMs).toBeCloseTo(days < 28 ? (days / 30) * dayMs : dayMs);
});

describe('the life of an alert', () => {
  const finding = (changes: Partial<Finding> = {}): Finding => ({
    ...{ rule: 'r', kind: 'token-spike', severity: 'ticket', subject: { workflow: 'w' }, fires: true },
    ...{ summary: 's', evidence: {}, link: '/costs' },
    ...changes,
  });
  const minute = 60_000;
  const startMs = Date.UTC(2026, 2, 1);
  /** Looks one minute apart; what was told at each. */
  function live(looks: readonly (Finding | null)[]): string[] {
    let known: Alert[] = [];
    return looks.map((seen, index) => {
      const { changed, tell } = advance(known, seen ? [seen] : [], startMs + index * minute, () => `a${index}`);
      known = [...new Map([...known, ...changed].map((alert) => [alert.key, alert])).values()];
      return tell.map(({ change }) => change).join();
    });
  }
  const none = (count: number) => Array.from({ length: count }, () => null);

  test('it is told once while it lasts, and once when it ends', () => {
    const told = live([finding(), finding(), ...none(16)]);
    expect(told.filter((one) => one !== '')).toEqual(['fired', 'resolved']);
    expect(told.indexOf('resolved')).toBe(16);
  });
  test('what is only near its limit keeps an alert and begins none', () => {
    expect(
      live([finding({ fires: false }), finding(), ...none(10), finding({ fires: false }), ...none(14)]).join(''),
    ).toBe('fired');
  });
  test.each([
    // It ends in the sixteenth minute.
    ['within an hour is not told again', 74, 1],
    ['later is a new one', 75, 2],
  ])('what comes back %s', (_, minutes, times) => {
    const told = live([finding(), ...none(minutes - 1), finding()]);
    expect(told.filter((one) => one === 'fired')).toHaveLength(times);
  });
  test('a threshold is told once in its period', () => {
    const once = finding({ once: true });
    const told = live([once, ...none(100), once]);
    expect(told.filter((one) => one !== '')).toEqual(['fired']);
  });
});

test.each([
  ['in the night', '2026-03-03T23:30:00Z', true],
  ['after midnight', '2026-03-04T04:59:00Z', true],
  ['in the morning', '2026-03-04T05:00:00Z', false],
  ['by day', '2026-03-04T12:00:00Z', false],
])('a window over midnight covers %s', (_, at, expected) => {
  const window = { from: '22:00', to: '06:00', severities: ['ticket' as const] };
  const alert = { severity: 'ticket', silencedUntilMs: 0 } as const;
  expect(isSilenced(alert, [window], 'Europe/Berlin', Date.parse(at))).toBe(expected);
});
