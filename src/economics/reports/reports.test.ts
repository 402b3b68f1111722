import { describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../../test/cases/attempts.ts';
import { configured, economicLedger, march } from '../../../test/cases/economic-ledger.ts';
import { sumUsd, type Usd, zeroUsd } from '../../money/index.ts';
import { readCostStack } from '../stack/cost-stack.ts';
import type { ReportCell, ReportTable } from './report.ts';
import { readChargeback, readShowback } from './showback.ts';
import { weekBefore, weekOf } from './week.ts';
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
    expect(review.paragraphs.join(' ')).toMatch(/less than the week before.*One successful outcome cost/);
  });
});
