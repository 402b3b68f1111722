import { describe, expect, test } from 'vitest';
import { apiOverLedger } from '../../test/cases/api-over-ledger.ts';
import { configured, economicLedger } from '../../test/cases/economic-ledger.ts';
import { expectOneTotal, expectWeeklyReview } from '../../test/cases/every-report.ts';
import { madeTraffic } from '../../test/cases/made-traffic.ts';
import { shuffledLabels } from '../../test/cases/shuffled-labels.ts';
import { keepRows, productRows, supportFile } from '../../test/cases/support-product.ts';
import { readCostStack } from '../economics/index.ts';
import type { Dimension, Ledger } from '../ledger/index.ts';
import { toDecimal } from '../money/index.ts';

/** 2026-03-02, a Monday, in Berlin. */
const startMs = Date.parse('2026-03-02T00:00:00+01:00');
const dayMs = 86_400_000;
const config = configured(supportFile);
const [under, otherwise] = [economicLedger(), economicLedger()];
const on = apiOverLedger({ under, config, startMs: startMs + 11 * dayMs });
const range = { fromMs: startMs, toMs: startMs + 9 * dayMs };
const workflows = ['support-assistant', 'quick-answers'];
const records = madeTraffic({ seed: 1, days: 9, perDay: 40 });
const rows = productRows({ records, startMs, seed: 1, config, outcomeEvery: 2 });

async function borne(ledger: Ledger, by: Dimension) {
  const stack = await readCostStack(ledger, { range, by: [by], timeZone: config.timeZone }, config);
  const groups = stack.groups.map(({ dimensions, total }) => [dimensions[by], toDecimal(total)]);
  return { total: toDecimal(stack.total), groups };
}

describe('one set of numbers', () => {
  test('every report of a range sums to one total, however it is split', async () => {
    await keepRows(under.ledger, [rows], 'j');
    const { full, calls } = await expectOneTotal(on, range, workflows);
    expect(Number(full)).toBeGreaterThan(Number(calls) * 2);
    const week = { fromMs: startMs, toMs: startMs + 7 * dayMs };
    expect(await expectWeeklyReview(on, week, '2026-03-04')).not.toBe(full);
  }, 120_000);

  test('other labels on the same calls keep the total and change who bears it', async () => {
    await keepRows(under.ledger, [rows], 'j');
    await keepRows(otherwise.ledger, [shuffledLabels(rows, 7)], 'j');
    for (const by of ['team', 'customer', 'plan'] as const) {
      const [before, after] = await Promise.all([borne(under.ledger, by), borne(otherwise.ledger, by)]);
      expect(after.total).toBe(before.total);
      expect(after.groups).not.toEqual(before.groups);
    }
  });
});
