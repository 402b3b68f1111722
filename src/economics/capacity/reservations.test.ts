import { expect, test } from 'vitest';
import { caseAttempt } from '../../../test/cases/attempts.ts';
import { configured, economicLedger } from '../../../test/cases/economic-ledger.ts';
import { toDecimal, usd } from '../../money/index.ts';
import { readReservations } from './reservations.ts';

const under = economicLedger();
const hourMs = 3_600_000;
/** Ten hours of a month of 744. */
const fromMs = Date.UTC(2026, 2, 2);
const tenHours = { fromMs, toMs: fromMs + 10 * hourMs };

const reserved = (entries: string) =>
  configured(`{ version: 1, providers: { openai: { kind: openai, apiKey: k, reserved: [ ${entries} ] } } }`);

/** Tokens of each hour, at a millionth of a dollar for each. */
async function load(...hourly: number[]): Promise<void> {
  const attempts = hourly.flatMap((tokens, hour) => {
    if (tokens === 0) return [];
    const cost = usd(tokens / 1e6);
    const line = {
      line: 'inference',
      bucket: 'input',
      unit: 'tokens',
      quantity: tokens,
      rate: 1_000_000n,
      cost,
    } as const;
    return [
      caseAttempt(`${hour}`, { usage: { input: tokens }, lines: [line], cost, startedAtMs: fromMs + hour * hourMs }),
    ];
  });
  await under.append(attempts);
}

test('a steady load pays for what is held, an uneven one of as many tokens does not', async () => {
  await load(6_000, 6_000, 6_000, 6_000, 6_000, 6_000, 6_000, 6_000, 6_000, 6_000);
  // 100 tokens a minute for ten hours could be 60,000 tokens, worth six cents; a month at 2.976 USD is four cents of it.
  const [steady] = await readReservations(under.ledger, tenHours, reserved('{ monthlyUsd: 2.976, tokens: 100/m }'));
  expect(steady).toMatchObject({ capacityTokens: 60_000, coveredTokens: 60_000, usedShare: 1, loadFactor: 1 });
  expect([steady?.cost, steady?.worth, steady?.saving].map((each) => toDecimal(each ?? usd(0)))).toEqual([
    ...['0.04', '0.06', '0.02'],
  ]);
  expect(steady?.breakEvenShare).toBeCloseTo(2 / 3, 12);
  expect(steady?.bestTokensPerMinute).toBe(100);
});

test('what comes in bursts is covered in part, and less should be held', async () => {
  await load(30_000, 0, 0, 1_200, 1_200, 1_200, 1_200, 1_200, 24_000, 0);
  const [figures] = await readReservations(under.ledger, tenHours, reserved('{ monthlyUsd: 2.976, tokens: 100/m }'));
  expect(figures).toMatchObject({ coveredTokens: 6_000 + 5 * 1_200 + 6_000, usedShare: 0.3 });
  expect(toDecimal(figures?.saving ?? usd(0))).toBe('-0.022');
  // Passed in two thirds of the hours: the seventh of ten, 1,200 tokens an hour.
  expect(figures?.bestTokensPerMinute).toBe(20);
  expect(figures?.loadFactor).toBeCloseTo(6_000 / 30_000, 12);
});

test('a second reservation covers what the first leaves, and dates count', async () => {
  await load(6_000, 6_000, 6_000, 6_000, 6_000, 6_000, 6_000, 6_000, 6_000, 6_000);
  const two = '{ monthlyUsd: 3, tokens: 60/m }, { monthlyUsd: 3, tokens: 60/m, from: "2026-03-02T05:00:00Z" }';
  const figures = await readReservations(under.ledger, tenHours, reserved(two));
  expect(figures.map(({ coveredTokens, capacityTokens }) => [coveredTokens, capacityTokens])).toEqual([
    [36_000, 36_000],
    [12_000, 18_000],
  ]);
});

test('without a price of tokens nothing is worth anything known; without a throughput there is nothing to say', async () => {
  const [figures] = await readReservations(under.ledger, tenHours, reserved('{ monthlyUsd: 3, tokens: 60/m }'));
  expect(figures).toMatchObject({
    usedShare: 0,
    worth: null,
    saving: null,
    breakEvenShare: null,
    bestTokensPerMinute: null,
  });
  expect(await readReservations(under.ledger, tenHours, reserved('{ monthlyUsd: 3 }'))).toEqual([]);
});
