import { describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../../test/cases/attempts.ts';
import { configured, economicLedger, march } from '../../../test/cases/economic-ledger.ts';
import { sumUsd, type Usd, zeroUsd } from '../../money/index.ts';
import { readCostStack } from '../stack/cost-stack.ts';
import type { ReportCell, ReportTable } from './report.ts';
import { readChargeback, readShowback } from './showback.ts';
import { weekBefore, weekOf, weekOfDay } from './week.ts';
import { readWeeklyReview } from './weekly-review.ts';

const config = configured(`
version: 1
workflows: { support: { stages: { answer: { model: openai/gpt-5-mini } } } }
people: { agent: { hourlyUsd: 38 } }
overheads:
  infrastructure: [ { name: gateway, monthlyUsd: 240, allocateBy: calls } ]
  compliance: [ { name: privacy review, monthlyUsd: 2500, allocateBy: even } ]
`);

const weekMs = 7 * 86_400_000;
const usdCells = (cells: readonly ReportCell[]) =>
  cells.filter((cell): cell is Usd => typeof cell === 'object' && cell !== null);
const lastColumn = ({ rows }: ReportTable) => sumUsd(rows.map((row) => usdCells(row).at(-1) ?? zeroUsd));

describe('weeks', () => {
  test.each([
    ['UTC', '2026-03-04T12:00:00Z', '2026-03-02T00:00:00.000Z', '2026-03-09T00:00:00.000Z'],
    // Clocks go forward on the Sunday: the week is an hour short.
    ['Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-22T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
  ])('%s %s', (timeZone, day, from, to) => {
    const week = weekOf(Date.parse(day), timeZone);
    expect([week.fromMs, week.toMs].map((ms) => new Date(ms).toISOString())).toEqual([from, to]);
    expect(weekBefore(week, timeZone).toMs).toBe(week.fromMs);
  });
});

test.each([
  ['Pacific/Auckland', '2026-03-08', '2026-03-01T11:00:00.000Z'],
  ['Pacific/Kiritimati', '2026-03-02', '2026-03-01T10:00:00.000Z'],
  ['America/Los_Angeles', '2026-03-08', '2026-03-02T08:00:00.000Z'],
])('in %s %s is in the week from %s', (timeZone, day, from) => {
  expect(new Date(weekOfDay(day, timeZone).fromMs).toISOString()).toBe(from);
});

describe('reports of one ledger', () => {
  const under = economicLedger();
  const traffic = () =>
    under.append([
      caseAttempt('1', { workflow: 'support', stage: 'answer', team: 'care', customer: 'acme', interaction: 'i1' }),
      caseAttempt('2', { workflow: 'support', stage: 'answer', team: 'care', customer: 'bolt', interaction: 'i2' }),
      caseAttempt('3', { workflow: 'search', stage: 'find', team: 'web', customer: 'acme' }),
      caseAttempt('4', { workflow: 'search', stage: 'find' }),
      caseAttempt('5', { workflow: 'support', stage: 'answer', team: 'care', startedAtMs: caseStartMs - weekMs }),
    ]);
  const scope = { range: march, config, simulated: false };

  test('showback and chargeback come to the same total as the stack, by any two dimensions', async () => {
    await traffic();
    const { total } = await readCostStack(under.ledger, { range: march, by: ['workflow'], timeZone: 'UTC' }, config);
    const pivots = await Promise.all(
      (
        [
          ['team', 'customer'],
          ['customer', 'workflow'],
          ['team', 'line'],
          ['day', 'team'],
        ] as const
      ).map(([rows, columns]) => readShowback(under.ledger, { rows, columns }, scope)),
    );
    for (const { tables } of pivots) {
      for (const table of tables) {
        expect(lastColumn(table)).toEqual(total);
        expect(table.total?.at(-1)).toEqual(total);
        expect(sumUsd(usdCells(table.total ?? []).slice(0, -1))).toEqual(total);
      }
    }
    const chargeback = await readChargeback(under.ledger, ['team', 'customer'], scope);
    expect(chargeback.tables.map(lastColumn)).toEqual([total]);
    expect(chargeback.tables[0]?.rows.every((row) => row.length === 6)).toBe(true);
  });

  test('the weekly review compares with the week before, and its tables agree', async () => {
    await traffic();
    await under.end('run_1', 'success');
    await under.end('run_2', 'escalated', { humanMinutes: 6, role: 'agent' });
    const week = weekOf(caseStartMs, 'UTC');
    const review = await readWeeklyReview(under.ledger, week, { config, simulated: true });
    const table = (title: string) => review.tables.find((each) => each.title === title) as ReportTable;
    const { total } = await readCostStack(under.ledger, { range: week, by: [], timeZone: 'UTC' }, config);
    const spent = (title: string) => sumUsd(table(title).rows.map((row) => usdCells(row)[0] ?? zeroUsd));
    for (const title of ['Where the money went', 'Workflows', 'Teams, overheads included']) {
      expect(spent(title)).toEqual(total);
    }
    expect(table('Where the money went').rows.map((row) => row[0])).toEqual([
      ...['inference', 'human', 'infrastructure', 'compliance'],
    ]);
    expect(table('Unit economics').rows).toHaveLength(5);
    const before = await readCostStack(
      under.ledger,
      { range: weekBefore(week, 'UTC'), by: [], timeZone: 'UTC' },
      config,
    );
    expect(table('Teams, overheads included').total?.slice(1, 3)).toEqual([total, before.total]);
    expect(review.paragraphs.join(' ')).toMatch(/less than the week before.*One successful outcome cost/);
  });

  test('what was there a week ago, or bears a share without a call, is in the weekly review', async () => {
    await under.append([
      caseAttempt('1', { workflow: 'support', team: 'care' }),
      caseAttempt('2', { workflow: 'search', team: 'web', startedAtMs: caseStartMs - weekMs }),
    ]);
    const shared = configured(`
version: 1
workflows: { support: { stages: { a: { model: openai/gpt-5-mini } } }, search: { stages: { a: { model: openai/gpt-5-mini } } } }
overheads: { compliance: [ { name: review, monthlyUsd: 310, until: 2026-03-09, allocateBy: fixed, shares: { support: 0.5, search: 0.5 } } ] }
`);
    const review = async (config: typeof shared, ms: number) => {
      const { tables } = await readWeeklyReview(under.ledger, weekOf(ms, 'UTC'), { config, simulated: false });
      return (title: string) => tables.find((each) => each.title === title) as ReportTable;
    };
    const now = await review(shared, caseStartMs);
    expect(now('Teams, overheads included').rows.map(([name]) => name)).toEqual(['care', '(none)', 'web']);
    const spent = sumUsd(now('Workflows').rows.map((row) => usdCells(row)[0] ?? zeroUsd));
    expect(spent).toEqual(now('Where the money went').total?.[1]);
    const later = await review(configured('version: 1'), caseStartMs + weekMs);
    expect(later('Workflows').rows).toEqual([['support', 0, zeroUsd, -1, null, null, null, null, null]]);
    expect(later('Teams, overheads included').rows.map((row) => [row[0], row[1], row[4]])).toEqual([
      ['care', zeroUsd, -1],
    ]);
  });
});
