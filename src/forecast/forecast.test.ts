import { describe, expect, test } from 'vitest';
import { type Config, parseConfig } from '../config/index.ts';
import { createPriceBook, type PricedProvider } from '../pricing/index.ts';
import {
  asItIs,
  buildModel,
  checkChange,
  compareCandidates,
  type ForecastModel,
  type ForecastReport,
  forecast,
  forecastText,
  renderForecastHtml,
  reportForecast,
  withAlternative,
} from './index.ts';
import type { ModelResult } from './model/build-model.ts';

const atMs = Date.UTC(2026, 2, 15);
const priced =
  'prices: [ { provider: openai, model: m, inputPerMillion: 1, outputPerMillion: 4 }, { provider: openai, model: small, inputPerMillion: 0.1, outputPerMillion: 0.4 } ]';

function build(config: Config): ModelResult {
  const providers = Object.entries(config.providers).map(
    ([name, { kind, baseUrl, gpu }]) => ({ name, kind, baseUrl, ...(gpu ? { gpu } : {}) }) as PricedProvider,
  );
  return buildModel(config, createPriceBook({ providers, overrides: config.prices }), atMs);
}

const configOf = (text: string): Config => parseConfig(`version: 1\n${text}`, { file: 'f', environment: {} });

function compile(config: Config): ForecastModel {
  const built = build(config);
  if (!built.ok) throw new Error(JSON.stringify(built.problems));
  return built.model;
}

function report(text: string, trials = 400): ForecastReport {
  return reportForecast(forecast(compile(configOf(text)), { trials, seed: 5 }), compile);
}

const oneStage = (stage: string, more = ''): string =>
  `${priced}\n${more}\nworkflows: { w: { traffic: { runsPerDay: 1000 }, stages: { s: { model: openai/m, ${stage} } } } }\nforecast: { months: 1 }`;
/** April 2026 has 30 days. */
const april = (text: string): number => Number(report(text).scenarios.expected!.totalUsd.mean);
const runs = 30_000;

describe('closed forms of single keys, plain values', () => {
  test.each([
    ['input and output', 'input: 1000, output: 100', '', runs * 1.4e-3],
    ['calls and fan-out', 'input: 1000, output: 100, calls: 2, fanOut: 3', '', runs * 6 * 1.4e-3],
    [
      'retries of malformed answers',
      'input: 1000, output: 100, retries: 2, failures: { malformed: 0.1 }',
      '',
      runs * 1.11 * 1.4e-3,
    ],
    [
      'refusals cost nothing',
      'input: 1000, output: 100, retries: 1, failures: { rateLimited: 0.5 }',
      '',
      runs * 1.5 * 0.5 * 1.4e-3,
    ],
    [
      'a fallback',
      'input: 1000, output: 100, failures: { malformed: 0.2 }, fallback: [ openai/small ]',
      '',
      runs * (1.4e-3 + 0.2 * 1.4e-4),
    ],
    [
      'a repair reads the answer again',
      'input: 1000, output: 100, validate: { schema: x, repairs: 1, failureRate: 0.1 }',
      '',
      runs * (1.4e-3 + 0.1 * 1.5e-3),
    ],
    ['a cache', 'input: 1000, output: 100, cache: { mode: exact, ttl: 1h, hitRate: 0.4 }', '', runs * 0.6 * 1.4e-3],
    [
      'wrong hits',
      'input: 1000, output: 100, cache: { mode: semantic, ttl: 1h, hitRate: 0.5, wrongHitRate: 0.1, wrongHitUsd: 2, embeddingModel: openai/small }',
      '',
      runs * (0.5 * 1.4e-3 + 1e-4 + 0.05 * 2),
    ],
    [
      'routing',
      'input: 1000, output: 100, route: { simple: openai/small, share: 0.5 }',
      '',
      runs * 0.5 * (1.4e-3 + 1.4e-4),
    ],
    ['a hedge', 'input: 1000, output: 100, hedge: { after: p95 }', '', runs * (1.4e-3 + 0.05 * 1.2e-3)],
    [
      'a guard',
      'input: 1000, output: 100, guard: { model: openai/small, refuseRate: 0.1 }',
      '',
      runs * (0.9 * 1.4e-3 + 1e-4),
    ],
    [
      'a review',
      'input: 1000, output: 100, review: { role: r, minutes: 6, share: 0.01 }',
      'people: { r: { hourlyUsd: 60 } }',
      runs * (1.4e-3 + 0.01 * 6),
    ],
    ['a longest answer', 'input: 1000, output: 1000, maxOutputTokens: 100', '', runs * 1.4e-3],
    ['a longest input', 'input: 9000, output: 100, trim: { maxInputTokens: 1000 }', '', runs * 1.4e-3],
  ])('%s', (_name, stage, more, expected) => {
    expect(april(oneStage(stage, more))).toBeCloseTo(expected, 4);
  });

  test('services, people and overheads', () => {
    const more = `people: { r: { hourlyUsd: 60 } }
services: { v: { perCallUsd: 0.01, monthlyUsd: 100 } }
overheads:
  infrastructure: [ { name: a, monthlyUsd: 50, perCallUsd: 0.001 } ]
  operationalDebt: [ { name: b, hoursPerMonth: 2, role: r } ]
  switching: [ { name: c, hours: 24, role: r, amortizedOver: 24 months } ]
  compliance: [ { name: old, monthlyUsd: 999, until: 2026-04-01 } ]`;
    const lines = report(
      `${priced}\n${more}\nworkflows: { w: { traffic: { runsPerDay: 1000 }, stages: { s: { model: openai/m, input: 1000, next: v }, v: { service: v } } } }\nforecast: { months: 1 }`,
    ).scenarios.expected!.lines;
    expect(Object.fromEntries(lines.map(({ line, totalUsd }) => [line, Number(totalUsd.mean)]))).toEqual({
      inference: 30,
      services: 400,
      infrastructure: 80,
      operationalDebt: 120,
      switching: 60,
    });
  });

  test('a price that changes within a month counts from its day', () => {
    const text = `prices: [ { provider: openai, model: m, inputPerMillion: 1, until: 2026-04-11 }, { provider: openai, model: m, inputPerMillion: 2, from: 2026-04-11 } ]
workflows: { w: { traffic: { runsPerDay: 1000 }, stages: { s: { model: openai/m, input: 1000 } } } }
forecast: { months: 1 }`;
    expect(april(text)).toBeCloseTo(10 * 1 + 20 * 2, 6);
  });

  test('growth compounds from the first month on', () => {
    const text = `${oneStage('input: 1000').replace('months: 1', 'months: 3')}\nscenarios: { expected: { growthPerMonth: 0.1 } }`;
    const months = report(text).scenarios.expected!.months.map(({ totalUsd }) => Number(totalUsd.mean));
    expect(months.map((usd) => Number(usd.toFixed(6)))).toEqual([30, 34.1, 36.3]);
  });

  test('an idle pool is a capacity cost', () => {
    const text = `providers: { local: { kind: openai, baseUrl: "http://127.0.0.1:9", gpu: { hourlyUsd: 2, throughput: [ { input: 1000, output: 1000, outputTokensPerSecond: 1000 } ] } } }
workflows: { w: { traffic: { runsPerDay: 1000 }, stages: { s: { model: local/x, input: 1000, output: 1000 } } } }
forecast: { months: 1 }`;
    const lines = report(text).scenarios.expected!.lines;
    const usd = Object.fromEntries(lines.map(({ line, totalUsd }) => [line, Number(totalUsd.mean)]));
    expect(usd.inference).toBeCloseTo((30_000 * 2) / 3600, 4);
    expect(usd.inference! + usd.capacity!).toBeCloseTo(2 * 730, 4);
  });
});

describe('bad input names its path', () => {
  test.each([
    [
      'a missing price',
      'workflows: { w: { traffic: { runsPerDay: 1 }, stages: { s: { model: openai/no-such-model, input: 5 } } } }',
      'workflows.w.stages.s.model',
      'inputPerMillion',
    ],
    [
      'no traffic',
      `${priced}\nworkflows: { w: { stages: { s: { model: openai/m, input: 5 } } } }`,
      'workflows.w',
      'traffic',
    ],
    ['no workflow', '', 'workflows', 'init'],
    [
      'nothing measured',
      `${priced}\nworkflows: { w: { traffic: { runsPerDay: 1 }, stages: { s: { model: openai/m, input: measured } } } }`,
      'workflows.w.stages.s.input',
      'calibrate',
    ],
  ])('%s', (_name, text, path, message) => {
    const built = build(configOf(text));
    expect(built.ok).toBe(false);
    const [problem] = built.ok ? [] : built.problems;
    expect(problem!.path.join('.')).toBe(path);
    expect(problem!.message).toContain(message);
  });
});

const uncertain = `${priced}
workflows:
  w:
    traffic: { users: "800 to 1500", sessionsPerUserPerDay: 1 }
    outcome: { successRate: "0.6 to 0.8", valueUsd: 0.01 }
    stages: { s: { model: openai/m, input: "500 to 2000", output: 100 } }
budgets: [ { name: cap, scope: {}, limitUsd: 30, period: month, hard: true, brake: [ { at: 50%, maxOutputTokens: 10 }, { at: 90%, stop: true } ] } ]
scenarios: { low: { traffic: 0.5 }, expected: {} }
stresses: { price-rise: { prices: 1.3 }, new-compliance: { monthlyUsd: 600 } }
alternatives: { small: { replace: { openai/m: openai/small }, monthlyUsd: 20 } }
forecast: { months: 3 }`;

describe('a forecast with unknowns', () => {
  const of = report(uncertain, 2000);
  const expected = of.scenarios.expected!;

  test('is the same for the same seed', () => {
    expect(report(uncertain, 2000)).toEqual(of);
  });

  test('moves by what drives it, and shares of variance sum to 1', () => {
    expect(expected.drivers.map(({ parameter }) => parameter).sort()).toEqual(
      ['workflows.w.stages.s.input', 'workflows.w.traffic.users'].sort(),
    );
    expect(expected.drivers.reduce((sum, { varianceShare }) => sum + varianceShare, 0)).toBeCloseTo(1, 6);
    expect(expected.uncertainty.parameters).toBeGreaterThan(0.9);
  });

  test('lines, nodes and months add up to the total', () => {
    const total = Number(expected.totalUsd.mean);
    const sum = (values: readonly { totalUsd: { mean: string } }[]): number =>
      values.reduce((all, { totalUsd }) => all + Number(totalUsd.mean), 0);
    for (const parts of [expected.lines, expected.nodes, expected.months]) expect(sum(parts) / total).toBeCloseTo(1, 6);
  });

  test('stresses add what they say', () => {
    expect(expected.stresses['price-rise']!.increase).toBeCloseTo(0.3, 6);
    expect(Number(expected.stresses['new-compliance']!.increaseUsd)).toBeCloseTo(1800, 4);
  });

  test('a budget binds on a day, and its brakes and limit save what exceeds it', () => {
    const [cap] = expected.budgets;
    const spend = Number(expected.months[0]!.totalUsd.mean);
    expect(spend).toBeGreaterThan(30);
    expect(cap!.bindsOn).toMatch(/^2026-04-\d\d$/);
    const saved = cap!.savings.reduce((sum, { savedUsd }) => sum + Number(savedUsd), 0);
    // All three months: what is wanted less what stops at nine tenths of the limit.
    expect(saved).toBeCloseTo(Number(expected.totalUsd.mean) - 3 * 27, 4);
  });

  test('reads well in a terminal and as one page that asks nothing of the network', async () => {
    const text = forecastText(of, (columns, rows) =>
      [columns.map(({ title }) => title), ...rows].map((row) => row.join(' ')).join('\n'),
    );
    expect(text).toContain('## expected');
    expect(text).toContain('binds on 2026-04-');
    const html = await renderForecastHtml(of);
    expect(html.match(/<svg /g)!.length).toBe(6);
    expect(html).toContain('<td class="bar">');
    expect(/<script|<link|src=|url\((?!#)|@import/.test(html)).toBe(false);
  });
});

test('alternatives are compared on the same draws, with the traffic at which they break even', () => {
  const config = configOf(uncertain);
  const other = compile(withAlternative(config, config.alternatives.small!, 'small'));
  const candidates = [
    { name: 'as it is', description: '', model: compile(asItIs(config)), problem: null },
    { name: 'small', description: '', model: other, problem: null },
  ];
  const [own, small] = compareCandidates(candidates, 400, 3);
  expect(own!.cheapestShare + small!.cheapestShare).toBeCloseTo(1, 9);
  const { breakEven } = small!;
  expect(breakEven!.cheaper).toBe('above');
  // Nine tenths of the token bill are saved for $20 a month.
  const month = own!.totalUsd!.p50 / 3;
  expect(breakEven!.traffic.p50 / (20 / (0.9 * month))).toBeCloseTo(1, 1);
});

test.each([
  [0.05, false],
  [0.5, true],
  [null, true],
])('a change that costs 40 %% more with a limit of %s', (limit, ok) => {
  const text = (tokens: number): string =>
    `${priced}\nworkflows: { w: { outcome: { successRate: 0.5 }, traffic: { runsPerDay: 1000 }, stages: { s: { model: openai/m, input: ${tokens} } } } }`;
  const change = checkChange(compile(configOf(text(1000))), compile(configOf(text(1400))), limit);
  expect(change.rows[0]).toMatchObject({ beforeUsd: '0.002', afterUsd: '0.0028', change: 0.4 });
  expect(change.ok).toBe(ok);
});
