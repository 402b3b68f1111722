import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Config, parseConfig } from '../config/index.ts';
import { formatUsd, usd } from '../money/index.ts';
import { createPriceBook, type PricedProvider } from '../pricing/index.ts';
import { buildModel, contextTrim, type ForecastModel, type ForecastReport, forecast, reportForecast } from './index.ts';
import { expectedAttempts } from './simulate/call-cost.ts';

const atMs = Date.UTC(2026, 2, 15);
const environment = { OPENAI_API_KEY: 'x', ANTHROPIC_API_KEY: 'x' };

function compile(config: Config): ForecastModel {
  const providers = Object.entries(config.providers).map(
    ([name, { kind, baseUrl, gpu }]) => ({ name, kind, baseUrl, ...(gpu ? { gpu } : {}) }) as PricedProvider,
  );
  const built = buildModel(config, createPriceBook({ providers, overrides: config.prices }), atMs);
  if (!built.ok) throw new Error(JSON.stringify(built.problems));
  return built.model;
}

function load(text: string): ForecastModel {
  return compile(parseConfig(text, { file: 'burnrate.yaml', environment }));
}

function report(text: string, trials = 500): ForecastReport {
  return reportForecast(forecast(load(text), { trials, seed: 1 }), compile);
}

const pattern = (name: string): string => readFileSync(new URL(`../../patterns/${name}.yaml`, import.meta.url), 'utf8');
const example = (name: string): string =>
  readFileSync(new URL(`../../examples/forecasts/${name}.yaml`, import.meta.url), 'utf8');
const scenario = (of: ForecastReport, name = 'expected') => of.scenarios[name]!;

test('100 users × 5 reports planned as 500 calls a day become about 3,000, and the factors say why', () => {
  const expected = scenario(report(pattern('report-drafting')));
  expect(expected.naiveCallsPerDay).toBe(500);
  expect(expected.callsPerDay.mean).toBeGreaterThan(2800);
  expect(expected.callsPerDay.mean).toBeLessThan(3200);
  const { factors } = expected.workflows['report-drafting']!;
  const product = factors.reduce((all, { times }) => all * times, 1);
  expect(product).toBeCloseTo(expected.callsPerDay.mean / 500, 6);
  expect(factors.find(({ factor }) => factor === 'drafts')!.times).toBeCloseTo(5, 9);
  expect(factors.find(({ factor }) => factor === 'impatience')!.times).toBeGreaterThan(1.1);
});

test('10,000 users in 48 hours: spend per hour, when it passes a month of infrastructure, what brakes save', () => {
  const { spike } = scenario(report(example('viral-spike'))).stresses['viral-spike']!;
  expect(spike!.interactions).toBe(100_000);
  expect(Number(spike!.spendPerHourUsd) * 48).toBeCloseTo(Number(spike!.spendUsd), 3);
  expect(Number(spike!.spendUsd)).toBeGreaterThan(Number(spike!.infrastructureMonthUsd));
  expect(spike!.passesInfrastructureAfterHours).toBeGreaterThan(0);
  expect(spike!.passesInfrastructureAfterHours).toBeLessThan(48);
  const saved = spike!.savings.map(({ setting, savedUsd }) => [setting, Number(savedUsd)] as const);
  expect(saved.filter(([, usd]) => usd > 0).map(([setting]) => setting)).toEqual(
    expect.arrayContaining(['per-user', 'company', 'plan free']),
  );
  for (const [, usd] of saved) expect(usd).toBeLessThanOrEqual(Number(spike!.spendUsd) + 1e-6);
});

test('1,000,000 users a day × 5 requests × $0.001 are exactly $5,000.00 a day and $150,000.00 in 30 days', () => {
  const expected = scenario(report(example('million-users')));
  expect(expected.perDayUsd).toEqual({ mean: '5000', p10: '5000', p50: '5000', p90: '5000' });
  expect(expected.per30DaysUsd).toEqual({ mean: '150000', p10: '150000', p50: '150000', p90: '150000' });
  expect(expected.callsPerDay.mean).toBe(5_000_000);
  // April has thirty days.
  expect(expected.months[0]!.totalUsd.mean).toBe('150000');
});

test('a bill of $10,000 that automates $100,000 of labour returns nine times its cost', () => {
  const { roi } = scenario(report(example('automation')));
  expect([roi.costUsd.mean, roi.valueUsd.mean]).toEqual(['10000', '100000']);
  expect([roi.returnOnCost, roi.paybackMonths]).toEqual([9, 0.1]);
});

test('4,000 to 8,000 tokens of context: their share of the input, and what trimming saves', () => {
  const model = load(example('stuffed-context'));
  const trim = contextTrim(model, 'rag', [2000, 1000], compile)!;
  // Median of "4k to 8k" is √(4000 × 8000) tokens; 300 more are instructions and question.
  const median = Math.sqrt(4000 * 8000);
  expect(trim.shareOfInputTokens).toBeCloseTo(median / (median + 300), 9);
  const perCall = (tokens: number): number => ((300 + tokens) * 1 + 200 * 4) / 1e6;
  const calls = 10_000 * 30;
  expect(trim.monthUsd).toBeCloseTo(calls * perCall(median), 6);
  expect(trim.trims[0]!.savedUsd).toBeCloseTo(calls * (perCall(median) - perCall(2000)), 6);
  expect(trim.trims[1]!.savedUsd).toBeGreaterThan(trim.trims[0]!.savedUsd);
});

test('agents multiply calls: the multiplier is calls ÷ interaction', () => {
  const { workflows } = scenario(report(example('agent-fan-out')));
  // Plan (1), 3 branches × 2 calls (6), summary (1).
  expect(workflows.agent!.callsPerInteraction).toBe(8);
  expect(scenario(report(pattern('it-operations'))).workflows['incident-triage']!.callsPerInteraction).toBeGreaterThan(
    3,
  );
});

describe('retries', () => {
  test.each([
    [0.0726, 3, 1.0779],
    [0, 4, 1],
    [0.5, 2, 1.5],
    [1, 3, 3],
  ])('failure %d with %d tries are %d attempts', (p, tries, attempts) => {
    expect(expectedAttempts(p, tries)).toBeCloseTo(attempts, 4);
  });

  test('the report shows them by stage, and the simulation bills them', () => {
    const of = report(example('generous-retries'));
    const facts = of.stages[0]!;
    expect(facts.expectedAttempts).toBeCloseTo((1 - 0.55 ** 5) / 0.45, 9);
    const month = scenario(of).months[0]!;
    // Malformed answers are billed in full: more than twice the tokens.
    expect(month.attempts / month.calls).toBeCloseTo(facts.expectedAttempts, 6);
    expect(month.tokens / (month.calls * 1100)).toBeCloseTo(facts.expectedAttempts, 6);
    expect(facts.expectedAttempts).toBeGreaterThan(2);
  });
});

test('a bot that resolves 30 % cheaply beats one that resolves 50 % with rework, in full cost per resolution', () => {
  const { workflows } = scenario(report(example('containment')));
  const [careful, eager] = [workflows.careful!, workflows.eager!];
  expect(Number(careful.costPerOutcomeUsd!.mean)).toBeLessThan(Number(eager.costPerOutcomeUsd!.mean));
  // Careful: of 100 cases 70 go to a person for 8 minutes at $30 an hour: $280 for 30 resolutions, and its calls.
  expect(Number(careful.costPerOutcomeUsd!.mean)).toBeCloseTo((100 * 0.002 + 70 * 4) / 30, 6);
  // Eager: half of its 50 come back and are run again; every escalation takes 7 minutes more.
  const runs = 100 * 1.25;
  const eagerUsd = runs * (0.003 + 0.5 * (4 + 3.5));
  expect(Number(eager.costPerOutcomeUsd!.mean)).toBeCloseTo(eagerUsd / 25, 6);
});

test('a sales answer of 700 tokens takes three calls: the outcome costs their sum, not the one', () => {
  const of = scenario(report(example('three-calls')));
  const perOutcome = Number(of.costPerOutcomeUsd!.mean);
  const [query, reformulation, answer] = [250 + 4 * 30, 350 + 4 * 70, 1500 + 4 * 700].map((picos) => picos / 1e6) as [
    number,
    number,
    number,
  ];
  expect(perOutcome).toBeCloseTo(query + reformulation + answer, 9);
  const nodes: Record<string, number> = Object.fromEntries(
    of.nodes.map(({ stage, totalUsd }) => [stage, Number(totalUsd.mean)]),
  );
  const total = Object.values(nodes).reduce((sum, usd) => sum + usd, 0);
  expect(nodes.answer! / total).toBeCloseTo(answer / perOutcome, 6);
  expect(of.workflows.sales!.callsPerInteraction).toBe(3);
});

test('the token share of the full cost is shown by workflow', () => {
  const { workflows } = scenario(report(example('token-share')));
  const { chat, assisted } = workflows;
  // Typical for production is 60 to 80 %; with people in the loop it is far less.
  expect(chat!.tokenShare).toBeGreaterThan(0.6);
  expect(chat!.tokenShare).toBeLessThan(0.8);
  expect(assisted!.tokenShare).toBeLessThan(0.1);
});

test.each(['support-bot', 'sales-assistant', 'it-operations', 'report-drafting', 'rag-search'])(
  'the pattern %s is a runnable model',
  (name) => {
    const of = report(pattern(name), 200);
    for (const each of Object.values(of.scenarios)) {
      expect(Number(each.totalUsd.p10)).toBeLessThan(Number(each.totalUsd.p90));
      expect(each.costPerOutcomeUsd).not.toBeNull();
      expect(each.lines.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    }
  },
);

describe('every page of docs/examples says what is computed', () => {
  const page = (name: string): string =>
    readFileSync(new URL(`../../docs/examples/${name}.md`, import.meta.url), 'utf8');
  const dollars = (text: string): string => formatUsd(usd(text));
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const outcome = ({ costPerOutcomeUsd }: { costPerOutcomeUsd: { mean: string } | null }): string =>
    dollars(costPerOutcomeUsd?.mean ?? '0');
  const of = (name: string) => scenario(report(example(name)));

  const figures: Record<string, () => string[]> = {
    'agent-fan-out': () => [of('agent-fan-out').workflows.agent!.callsPerInteraction.toFixed(2)],
    automation: () => [dollars(of('automation').roi.valueUsd.mean), `${of('automation').roi.returnOnCost! * 100} %`],
    containment: () => Object.values(of('containment').workflows).map(outcome),
    'generous-retries': () => {
      const retries = of('generous-retries').lines.find(({ line }) => line === 'retries');
      return [report(example('generous-retries')).stages[0]!.expectedAttempts.toFixed(4), percent(retries!.share)];
    },
    'million-users': () => [
      dollars(of('million-users').perDayUsd.mean),
      dollars(of('million-users').per30DaysUsd.mean),
    ],
    'report-drafting': () => {
      const { callsPerDay, naiveCallsPerDay } = scenario(report(pattern('report-drafting')));
      return [
        Math.round(callsPerDay.mean).toLocaleString('en-US'),
        `over the plan is ${(callsPerDay.mean / naiveCallsPerDay).toFixed(2)}`,
      ];
    },
    'stuffed-context': () => {
      const trim = contextTrim(load(example('stuffed-context')), 'rag', [2000, 1000], compile)!;
      const saved = trim.trims.map(({ savedUsd }) => dollars(savedUsd.toFixed(6)));
      return [percent(trim.shareOfInputTokens), percent(trim.shareOfBill), ...saved];
    },
    'three-calls': () => [`$${Number(of('three-calls').costPerOutcomeUsd!.mean).toFixed(5)}`],
    'token-share': () =>
      Object.values(of('token-share').workflows).flatMap(({ totalUsd, tokenShare }) => [
        dollars(totalUsd.mean),
        percent(tokenShare),
      ]),
    'viral-spike': () => {
      const { spike } = of('viral-spike').stresses['viral-spike']!;
      const { spendUsd, spendPerHourUsd, passesInfrastructureAfterHours } = spike!;
      const saved = spike!.savings.flatMap(({ savedUsd }) => (Number(savedUsd) > 200 ? dollars(savedUsd) : []));
      return [...saved, dollars(spendUsd), dollars(spendPerHourUsd), `${passesInfrastructureAfterHours!.toFixed(1)} h`];
    },
  };

  test('and each has a page', () => {
    const pages = readdirSync(new URL('../../docs/examples/', import.meta.url)).map((name) => name.replace('.md', ''));
    expect(pages.sort()).toEqual(Object.keys(figures).sort());
  });

  test.each(Object.keys(figures))('%s', (name) => {
    for (const figure of figures[name]!()) expect(page(name)).toContain(figure);
  });
});
