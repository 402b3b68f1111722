import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../config/index.ts';
import { createPriceBook } from '../../pricing/index.ts';
import { buildModel, type ForecastModel, forecast, reportForecast } from '../index.ts';
import { type PortableModel, portableModel, readModel } from './portable-model.ts';
import { forecastWithSliders, type Sliders, sliderNumbers } from './sliders.ts';

const environment = { OPENAI_API_KEY: 'sk-secret-one', ANTHROPIC_API_KEY: 'sk-secret-two' };
const text = readFileSync(new URL('../../../patterns/support-bot.yaml', import.meta.url), 'utf8');

function compiled(source = text): ForecastModel {
  const config = parseConfig(source, { file: 'burnrate.yaml', environment });
  const providers = Object.entries(config.providers).map(([name, { kind, baseUrl }]) => ({ name, kind, baseUrl }));
  const built = buildModel(config, createPriceBook({ providers, overrides: config.prices }), Date.UTC(2026, 3, 1));
  if (!built.ok) throw new Error(JSON.stringify(built.problems));
  return built.model;
}

const model = compiled();
const [scenario = ''] = model.scenarios.map(({ name }) => name);
const run = { scenario, trials: 400, seed: 7 };
const throughJson = (portable: PortableModel): PortableModel => JSON.parse(JSON.stringify(portable));
const totalOf = (sliders: Sliders, of: ForecastModel = model): number =>
  Number(forecastWithSliders(of, sliders, run).scenarios[scenario]?.totalUsd.mean);

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
  const read = bundled.readModel(throughJson(portableModel(model)));
  expect(bundled.forecastWithSliders(read, {}, run)).toEqual(forecastWithSliders(model, {}, run));
});
