import { describe, expect, test } from 'vitest';
import { caseAttempt } from '../../../test/cases/attempts.ts';
import { configured, economicLedger, march } from '../../../test/cases/economic-ledger.ts';
import { toDecimal, type Usd, usd, zeroUsd } from '../../money/index.ts';
import { payback, resolutionCost, returnsOf, revenueLift, riskAdjusted, shareOfOnce } from './returns.ts';
import { componentFigures, unitCosts } from './unit-costs.ts';
import { readUnitEconomics } from './unit-economics.ts';
import type { UnitFacts } from './unit-facts.ts';

const file = `
version: 1
workflows:
  support:
    outcome: { valueUsd: 4.5, reworkRate: 0.5, extraHandleMinutes: 3, savedRole: agent }
    impatience: { afterSeconds: 2, retryProbability: 0.5, abandonProbability: 0.5, ticketProbability: 0.1, costOfAbandonUsd: 2, costOfTicketUsd: 5 }
    stages: { answer: { model: openai/gpt-5-mini } }
plans: { pro: { priceUsd: 29 } }
people: { agent: { hourlyUsd: 60 } }
overheads:
  infrastructure: [ { name: gateway, monthlyUsd: 8, allocateBy: calls } ]
  observability: { bytesPerCall: 2MB, tiers: [ { keep: 7d, share: 1 }, { keep: 30d, share: 0.5 } ], perGbIngestUsd: 0.5, perGbMonthUsd: 0.1 }
`;

const dollars = (amount: Usd | null | undefined) => (amount ? toDecimal(amount) : null);

/** Facts as they would come from a ledger. */
function facts(changes: Partial<UnitFacts> = {}): UnitFacts {
  return {
    ...{ workflow: 'support', cost: usd(100), tokenCost: usd(60), costByLine: new Map() },
    ...{ calls: 200, completedCalls: 160, retriedCalls: 20, interactions: 50, runs: 40, sessions: 25, users: 10 },
    outcomes: { success: 20, escalated: 10, abandoned: 6, failed: 4 },
    ...{ value: zeroUsd, humanMinutes: 30, bytesStoredPerCall: 12_000 },
    ...changes,
  };
}

describe('one of each', () => {
  test.each([
    ['perCall', '0.5'],
    ['perInteraction', '2'],
    ['perRun', '2.5'],
    ['perSession', '4'],
    ['perActiveUser', '10'],
    ['perCompletedRequest', '0.625'],
    ['perSuccess', '5'],
    ['tokensPerSuccess', '3'],
  ] as const)('%s', (name, expected) => expect(dollars(unitCosts(facts())[name])).toBe(expected));

  test.each([
    ['multiplier', 4],
    ['containment', 0.75],
    ['escalation', 0.25],
    ['retryRate', 0.1],
  ] as const)('%s', (name, expected) => expect(unitCosts(facts())[name]).toBe(expected));

  test('nothing is divided by nothing', () => {
    const outcomes = { success: 0, escalated: 0, abandoned: 0, failed: 0 };
    const none = facts({ calls: 0, completedCalls: 0, interactions: 0, runs: 0, sessions: 0, users: 0, outcomes });
    expect(Object.values(unitCosts(none)).every((value) => value === null)).toBe(true);
  });

  test('the five components have exactly their measures', () => {
    const costByLine = new Map([
      ['inference', usd(40)],
      ['retries', usd(12)],
      ['infrastructure', usd(3)],
      ['retrieval', usd(1)],
      ['human', usd(19)],
    ] as const);
    const rows = componentFigures(facts({ costByLine })).map(({ component, cost, value }) => [
      component.component,
      component.measure,
      typeof value === 'object' ? dollars(value) : value,
      dollars(cost),
    ]);
    expect(rows).toEqual([
      ['Model inference', 'Cost per completed request', '0.25', '40'],
      ['Retries and replays', 'Retry rate by workflow stage', 0.1, '12'],
      ['Infrastructure', 'Cost per 1,000 requests', '20', '4'],
      ['Observability', 'GB stored per request', 0.000012, '0'],
      ['Support overhead', 'Human minutes per 100 interactions', 60, '19'],
    ]);
  });
});

describe('returns', () => {
  const outcome = (text: string) =>
    configured(
      `{ version: 1, people: { agent: { hourlyUsd: 60 } }, workflows: { support: { outcome: ${text}, stages: { a: { model: openai/gpt-5 } } } } }`,
    );

  test('a bill of $10,000 that does the labour of $100,000 returns nine times itself', () => {
    const bill = facts({ cost: usd(10_000), value: usd(100_000) });
    const returns = returnsOf(bill, outcome('{}'), 1);
    expect([returns.roi, dollars(returns.net)]).toEqual([9, '90000']);
    // 45,000 paid once is earned back in half a month of 90,000.
    expect(payback(usd(45_000), returns.net, 1)).toBe(0.5);
    expect(payback(usd(45_000), usd(-1), 1)).toBeNull();
  });

  test('instalments of what was paid once do not delay its payback', () => {
    const costByLine = new Map([['switching', usd(10)]] as const);
    const { net, paybackMonths } = returnsOf(facts({ value: usd(190), costByLine }), outcome('{}'), 1, usd(240));
    expect([dollars(net), paybackMonths]).toEqual(['90', 2.4]);
    const third = { costByLine: new Map([['switching', usd(30)]] as const) };
    expect(dollars(shareOfOnce(usd(240), { costByLine }, third))).toBe('80');
    expect(dollars(shareOfOnce(usd(240), { costByLine }, { costByLine: new Map() }))).toBe('0');
  });

  test('minutes saved are priced in one sum', () => {
    const config = configured(
      `{ version: 1, people: { agent: { hourlyUsd: 38 } }, workflows: { support: { outcome: { minutesSaved: 6, extraHandleMinutes: 3 }, stages: { a: { model: openai/gpt-5 } } } } }`,
    );
    expect(dollars(returnsOf(facts(), config, 1).labourSaved)).toBe('76');
    expect(dollars(resolutionCost(facts(), config)?.handleTime)).toBe('19');
  });

  test('without reported values, successes count at the stated value and the minutes they save', () => {
    const returns = returnsOf(facts(), outcome('{ valueUsd: 4.5, minutesSaved: 6, savedRole: agent }'), 1);
    expect([dollars(returns.value), dollars(returns.labourSaved), returns.roi]).toEqual(['90', '120', 1.1]);
  });

  test('a rare wrong action can cost more than the run', () => {
    const risky = riskAdjusted(facts(), outcome('{ wrongActionRate: 0.01, wrongActionUsd: 600 }'), usd(320));
    expect([dollars(risky?.riskPerRun), dollars(risky?.adjustedPerRun), risky?.worthIt]).toEqual(['6', '8.5', false]);
    expect(riskAdjusted(facts(), outcome('{}'), zeroUsd)).toBeNull();
  });

  test('sales: what a conversion brings beyond what it costs to get', () => {
    const lift = revenueLift(facts(), outcome('{ conversionLift: 0.1, revenuePerConversionUsd: 80 }'));
    expect([lift?.conversions, dollars(lift?.revenue), dollars(lift?.liftPerConversion)]).toEqual([4, '320', '55']);
  });

  test('a bot that resolves 30 % for little can beat one that resolves 50 % with rework', () => {
    const of = (success: number, cost: number, text: string) =>
      resolutionCost(
        facts({
          ...{ runs: 1_000, cost: usd(cost) },
          outcomes: { success, escalated: 1_000 - success, abandoned: 0, failed: 0 },
        }),
        outcome(text),
      );
    const modest = of(300, 150, '{ reworkRate: 0.02, extraHandleMinutes: 0, savedRole: agent }');
    const eager = of(500, 900, '{ reworkRate: 0.3, extraHandleMinutes: 4, savedRole: agent }');
    // 150 + 6 × 0.15 over 294; 900 + 150 × 0.9 + 500 × 4 × $1 over 350.
    expect(Number(dollars(modest?.costPerResolution))).toBeCloseTo(150.9 / 294, 5);
    expect(Number(dollars(eager?.costPerResolution))).toBeCloseTo(3_035 / 350, 4);
  });
});

describe('on a ledger', () => {
  const under = economicLedger();

  test('figures of everything and of each workflow, margins and the price of waiting', async () => {
    const common = { workflow: 'support', stage: 'answer', plan: 'pro', customer: 'acme' };
    await under.append([
      caseAttempt('1', { ...common, user: 'u1', session: 's1', interaction: 'i1', durationMs: 2_500 }),
      caseAttempt('2', {
        ...common,
        user: 'u2',
        session: 's2',
        interaction: 'i2',
        durationMs: 500,
        failure: 'timeout',
      }),
      caseAttempt('3', {
        ...{ ...common, user: 'u2', session: 's2', interaction: 'i2', callId: 'call_2', run: 'run_2' },
        ...{ attemptNumber: 2, reason: 'retry', durationMs: 400 },
      }),
      caseAttempt('4', { workflow: 'search', stage: 'find', user: 'u3', interaction: 'i3', failure: 'timeout' }),
    ]);
    await under.end('run_1', 'success');
    await under.end('run_2', 'escalated', { humanMinutes: 6, role: 'agent' });
    const units = await readUnitEconomics(under.ledger, { range: march, timeZone: 'UTC' }, configured(file));
    expect(units.facts).toMatchObject({
      ...{ calls: 3, completedCalls: 2, retriedCalls: 1, interactions: 3, runs: 3, sessions: 2, users: 3 },
      ...{ humanMinutes: 6, bytesStoredPerCall: 3_000_000 },
      outcomes: { success: 1, escalated: 1, abandoned: 0, failed: 0 },
    });
    expect(units.stages.find((row) => row.stage === 'answer')).toMatchObject({ calls: 2, retriedCalls: 1, rate: 0.5 });
    const support = units.workflows.find((each) => each.facts.workflow === 'support');
    expect(support?.facts.completedCalls).toBe(2);
    expect(support?.waiting).toMatchObject({ afterSeconds: 2, waitedShare: 0.5, abandoned: 0.5, repeated: 0.5 });
    // One run waited: half a leaver, a tenth of a ticket, half another run; a second less and it would not have.
    const perRun = Number(dollars(support?.costs.perRun));
    expect(Number(dollars(support?.waiting?.cost))).toBeCloseTo(1 + 0.5 + perRun / 2, 6);
    expect(support?.waiting?.oneSecondSaved).toEqual(support?.waiting?.cost);
    expect(units.workflows.map((each) => each.waiting !== null).toSorted()).toEqual([false, true]);
    const pro = units.marginByPlan.find((margin) => margin.name === 'pro');
    expect([pro?.users, dollars(pro?.revenue)]).toEqual([2, '58']);
    expect(dollars(units.marginByCustomer.find((margin) => margin.name === 'acme')?.revenue)).toBe('58');
    const split = units.workflows.reduce((sum, each) => sum + each.facts.cost.picos, 0n);
    expect(split).toBe(units.facts.cost.picos);
  });
});
