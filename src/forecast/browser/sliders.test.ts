import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { describe, expect, test } from 'vitest';
import { type Config, parseConfig } from '../../config/index.ts';
import { createPriceBook, type PriceBook } from '../../pricing/index.ts';
import { buildModel, type ForecastModel, type ForecastReport, forecast, reportForecast } from '../index.ts';
import { modelOffers, switchableStages } from './model-offers.ts';
import { type PortableModel, portableModel, readModel } from './portable-model.ts';
import { forecastWithSliders, type Sliders, sliderNumbers } from './sliders.ts';

const environment = { OPENAI_API_KEY: 'sk-secret-one', ANTHROPIC_API_KEY: 'sk-secret-two' };
const text = readFileSync(new URL('../../../patterns/support-bot.yaml', import.meta.url), 'utf8');

const read = (source: string) => parseConfig(source, { file: 'burnrate.yaml', environment });

function bookOf(source: string) {
  const { providers, prices } = read(source);
  const priced = Object.entries(providers).map(([name, { kind, baseUrl }]) => ({ name, kind, baseUrl }));
  return createPriceBook({ providers: priced, overrides: prices });
}

function modelOf(config: Config, book: PriceBook): ForecastModel {
  const built = buildModel(config, book, Date.UTC(2026, 3, 1));
  if (!built.ok) throw new Error(JSON.stringify(built.problems));
  return built.model;
}

const compiled = (source = text): ForecastModel => modelOf(read(source), bookOf(source));

const model = compiled();
const [scenario = ''] = model.scenarios.map(({ name }) => name);
const run = { scenario, trials: 400, seed: 7 };
const throughJson = (portable: PortableModel): PortableModel => JSON.parse(JSON.stringify(portable));
const totalOf = (sliders: Sliders, of: ForecastModel = model): number =>
  Number(forecastWithSliders(of, sliders, run).scenarios[scenario]?.totalUsd.mean);

describe('a model that travels with prices', () => {
  const limited = text.replace('limitUsd: 600', 'limitUsd: 17').replace('limitUsd: 0.05', 'limitUsd: 0.0002');
  const own = compiled(limited);
  const book = bookOf(limited);
  const again = (config: Config) => modelOf(config, book);
  const sent = readModel(throughJson(portableModel(own, { offers: modelOffers(own, book), rebuild: again })));
  const scenarioOf = (report: ForecastReport) => report.scenarios[scenario]!;

  test('brakes save there what they save here', () => {
    const here = scenarioOf(reportForecast(forecast(own, { trials: 400, seed: 7, stresses: [] }), again));
    const there = scenarioOf(forecastWithSliders(sent, {}, run));
    expect(there.budgets).toEqual(here.budgets);
    expect(Number(there.budgets[1]!.savings[0]!.savedUsd)).toBeGreaterThan(0);
  });

  test('a switched model costs what the file written so costs', () => {
    const [stage] = switchableStages(own).filter(({ model }) => model === 'openai/gpt-5-mini');
    const [workflow = '', name = ''] = stage!.id.split('.');
    const { config } = own;
    const { stages, ...rest } = config.workflows[workflow]!;
    const changed = { ...stages[name]!, work: { kind: 'model', model: 'openai/gpt-5-nano' } } as const;
    const written = {
      ...config,
      workflows: { ...config.workflows, [workflow]: { ...rest, stages: { ...stages, [name]: changed } } },
    };
    const there = scenarioOf(forecastWithSliders(sent, { models: { [stage!.id]: 'openai/gpt-5-nano' } }, run));
    const here = scenarioOf(
      reportForecast(forecast(again(written)!, { trials: 400, seed: 7, stresses: [] }), () => null),
    );
    expect(there.lines.find(({ line }) => line === 'inference')).toEqual(
      here.lines.find(({ line }) => line === 'inference'),
    );
  });

  test('a model nobody offers and a stage that is not there change nothing', () => {
    const models = { 'support-bot.nowhere': 'openai/gpt-5-nano', 'no.stage': 'no/model' };
    expect(forecastWithSliders(sent, { models }, run)).toEqual(forecastWithSliders(sent, {}, run));
  });

  test('the month that runs is what was spent and what is left of it', () => {
    const [month] = own.months;
    const atMs = month!.endMs - (month!.endMs - month!.startMs) / 4;
    const outlook = (usd: number) =>
      scenarioOf(forecastWithSliders(sent, {}, { ...run, soFar: { atMs, usd: { support: usd } } })).budgets[0]!;
    expect(outlook(17.01)).toMatchObject({ bindsOn: new Date(atMs).toISOString().slice(0, 10) });
    expect(outlook(17.01).probability[0]).toBe(1);
    const whole = scenarioOf(forecastWithSliders(sent, {}, run)).budgets[0]!;
    expect(outlook(0).probability[0]).toBeLessThan(whole.probability[0]!);
    expect(outlook(0).probability.slice(1)).toEqual(whole.probability.slice(1));
  });
});

describe('a model that travels as JSON', () => {
  test('forecasts the same figures as the one it was made from', () => {
    const again = readModel(throughJson(portableModel(model)));
    expect(forecastWithSliders(again, {}, run)).toEqual(forecastWithSliders(model, {}, run));
  });

  test('carries nothing that reaches a provider or a channel', () => {
    const source = text.replace(/^providers:/m, 'alerts: { channels: { ops: { webhook: http://hook } } }\nproviders:');
    const sent = JSON.stringify(portableModel(compiled(source)));
    expect(sent).not.toMatch(/sk-secret|http:\/\/hook|apiKey|webhook/);
  });
});

describe('sliders', () => {
  test('left alone they say what the forecast says', () => {
    const plain = reportForecast(forecast(model, { trials: 400, seed: 7, stresses: [] }), () => null);
    const { stresses: _, ...slid } = forecastWithSliders(model, {}, run).scenarios[scenario]!;
    expect(plain.scenarios[scenario]).toMatchObject(slid);
  });

  test('move the cost as what they stand for does', () => {
    const base = totalOf({});
    expect(totalOf({ factors: { traffic: 2 } })).toBeGreaterThan(base * 1.2);
    expect(totalOf({ factors: { prices: 0.5 } })).toBeLessThan(base);
    expect(totalOf({ monthlyUsd: 1_000 })).toBeCloseTo(base + 12_000, 0);
    expect(totalOf({ growthPerMonth: 0.5 })).toBeGreaterThan(base);
  });

  test('pin any number of the file that is unsure, and its part of the variance goes', () => {
    const [number] = sliderNumbers(model);
    const pinned = forecastWithSliders(model, { numbers: { [number!.id]: number!.p50 } }, run).scenarios[scenario]!;
    expect(pinned.drivers.find(({ parameter }) => parameter === number!.id)?.swingUsd ?? '0').toBe('0');
    expect(number!.p10).toBeLessThan(number!.p90);
  });
});

test('the simulation is bundled for a browser: it asks nothing of Node', async () => {
  const entry = 'virtual:entry';
  const door = fileURLToPath(new URL('../index.ts', import.meta.url));
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: false, rollupOptions: { input: entry, preserveEntrySignatures: 'strict' } },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? `\0${entry}` : null),
        load: (id) =>
          id === `\0${entry}` ? `export { readModel, forecastWithSliders } from ${JSON.stringify(door)};` : null,
      },
    ],
  });
  const chunks = [result].flat().flatMap((each) => ('output' in each ? each.output : []));
  const code = chunks.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('\n');
  expect(code).not.toMatch(/from\s*["']node:|require\(["']|__vite-browser-external/);
  const bundled = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  const bundledModel = bundled.readModel(throughJson(portableModel(model)));
  expect(bundled.forecastWithSliders(bundledModel, {}, run)).toEqual(forecastWithSliders(model, {}, run));
});
