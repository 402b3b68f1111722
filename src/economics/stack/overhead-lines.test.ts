import { expect, test } from 'vitest';
import { caseAttempt } from '../../../test/cases/attempts.ts';
import { configured, economicLedger } from '../../../test/cases/economic-ledger.ts';
import type { Dimension, TimeRange } from '../../ledger/index.ts';
import { sumUsd, toDecimal } from '../../money/index.ts';
import { readCostStack } from './cost-stack.ts';
import type { CostStack } from './stack.ts';

const at = (text: string) => Date.parse(text);
/** March in Berlin: 31 days, one of them an hour short. */
const marchInBerlin = { fromMs: at('2026-03-01T00:00:00+01:00'), toMs: at('2026-04-01T00:00:00+02:00') };
/** 28 days. */
const februaryInBerlin = { fromMs: at('2026-02-01T00:00:00+01:00'), toMs: at('2026-03-01T00:00:00+01:00') };

const under = economicLedger();

function stackOf(overheads: string, range: TimeRange, by: readonly Dimension[] = ['workflow'], more = '') {
  const text = `version: 1\ntimeZone: Europe/Berlin\npeople: { engineer: { hourlyUsd: 95 } }\noverheads: { ${overheads} }\n${more}`;
  return readCostStack(under.ledger, { range, by, timeZone: 'Europe/Berlin' }, configured(text));
}

const amounts = ({ lines }: CostStack) => lines.map(({ name, cost }) => [name, toDecimal(cost)]);

test.each([
  ['from the first of a month on', '{ name: a, monthlyUsd: 240, from: 2026-03-01 }', marchInBerlin, '240'],
  ['until the first of a month', '{ name: a, monthlyUsd: 240, until: 2026-04-01 }', marchInBerlin, '240'],
  ['half a month of 28 days', '{ name: a, monthlyUsd: 950, until: 2026-02-15 }', februaryInBerlin, '475'],
  ['ten days of 28', '{ name: a, monthlyUsd: 70, from: 2026-02-10, until: 2026-02-20 }', februaryInBerlin, '25'],
  ['a time with its offset', '{ name: a, monthlyUsd: 56, from: "2026-02-14T23:00:00Z" }', februaryInBerlin, '28'],
])('days are those of the time zone: %s', async (_, entry, range, expected) => {
  expect(amounts(await stackOf(`infrastructure: [ ${entry} ]`, range))).toEqual([['a', expected]]);
});

test('nothing is paid before or after its dates', async () => {
  const overheads = 'infrastructure: [ { name: late, monthlyUsd: 9, from: 2026-04-01 } ]';
  expect(amounts(await stackOf(overheads, marchInBerlin))).toEqual([]);
});

test.each([
  ['its months', 'from: 2026-02-15', februaryInBerlin, '250'],
  ['no longer than its months', 'from: 2024-03-01, until: 2030-01-01', marchInBerlin, undefined],
  ['a date before they are over', 'from: 2026-02-01, until: 2026-02-15', februaryInBerlin, '250'],
])('switching is paid for %s', async (_, dates, range, expected) => {
  const cost = `{ name: exit, hours: 120, role: engineer, onceUsd: 600, amortizedOver: 24 months, ${dates} }`;
  const [line] = amounts(await stackOf(`switching: [ ${cost} ]`, range));
  expect(line?.[1]).toBe(expected);
});

test('what is shared evenly costs a workflow the same whatever else it is told apart by', async () => {
  await under.append([
    caseAttempt('1', { workflow: 'support', team: 'care' }),
    caseAttempt('2', { workflow: 'support', team: 'web' }),
    caseAttempt('3', { workflow: 'search', team: 'web' }),
  ]);
  const overheads = 'capacity: [ { name: spare, monthlyUsd: 90, allocateBy: even } ]';
  for (const by of [['workflow'], ['workflow', 'team'], ['workflow', 'run']] as Dimension[][]) {
    const { groups, lines } = await stackOf(overheads, marchInBerlin, by);
    const parts = lines.find(({ name }) => name === 'spare')?.parts ?? [];
    const of = (workflow: string) =>
      toDecimal(sumUsd(parts.filter((_, index) => groups[index]?.dimensions.workflow === workflow)));
    expect([by, of('support'), of('search')]).toEqual([by, '45', '45']);
  }
});

test('what rests on a range, a statement or an estimate says so', async () => {
  await under.append([
    caseAttempt('1', { workflow: 'support' }),
    caseAttempt('2', { workflow: 'support', usageSource: 'estimated', failure: 'timeout', callId: 'c' }),
    caseAttempt('3', { workflow: 'support', callId: 'c', run: 'run_2', attemptNumber: 2, reason: 'retry' }),
  ]);
  const overheads = `
    infrastructure: [ { name: known, monthlyUsd: 240 }, { name: about, monthlyUsd: "200 to 300" },
      { name: half, perCallUsd: 0.01, until: 2026-03-15 }, { name: whole, perCallUsd: 0.01 } ],
    maintenance: [ { name: team, hoursPerMonth: "10 to 20", role: engineer } ],
    observability: { bytesPerCall: measured, perGbIngestUsd: 500, perGbMonthUsd: 90, tiers: [ { keep: 7d }, { keep: 400d, bytesPerCall: 40B } ] }`;
  const { lines } = await stackOf(overheads, marchInBerlin);
  expect(Object.fromEntries(lines.map(({ name, estimated }) => [name, estimated]))).toEqual({
    ...{ inference: true, retries: false, known: false, about: true, half: false, whole: false, team: true },
    ...{ ingest: false, 'kept 7 days': false, 'kept 400 days': true },
  });
  const sent = lines.filter(({ origin }) => origin === 'calls').map(({ line, quantity }) => [line, quantity]);
  expect(sent).toEqual([
    ['inference', 2],
    ['retries', 1],
  ]);
  const stated = await stackOf(
    'observability: { bytesPerCall: 9MB, perGbIngestUsd: 5, tiers: [ { keep: 7d } ] }',
    marchInBerlin,
  );
  expect(stated.lines.find(({ name }) => name === 'ingest')?.estimated).toBe(true);
});

test('what is priced by the piece is owed for the pieces of its days, by those who made them', async () => {
  const on = (day: number) => ({ startedAtMs: Date.UTC(2026, 2, day, 12) });
  await under.append([
    ...[1, 2, 3].map((id) => caseAttempt(`${id}`, { workflow: 'support', ...on(3) })),
    caseAttempt('4', { workflow: 'support', ...on(29) }),
    caseAttempt('5', { workflow: 'search', ...on(30) }),
  ]);
  const overheads =
    'infrastructure: [ { name: gateway, perCallUsd: 0.25, perMillionTokensUsd: 100, from: 2026-03-29, allocateBy: calls } ]';
  const { groups, lines } = await stackOf(overheads, marchInBerlin);
  const line = lines.find(({ name }) => name === 'gateway');
  // Two calls of 1,500 tokens.
  expect([toDecimal(line?.cost ?? sumUsd([])), line?.estimated]).toEqual(['0.8', false]);
  const borne = groups.map(({ dimensions }, index) => [
    dimensions.workflow,
    toDecimal(line?.parts[index] ?? sumUsd([])),
  ]);
  expect(Object.fromEntries(borne)).toEqual({ support: '0.4', search: '0.4' });
});
