import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ForecastRig, forecastRig, plainFile } from '../../test/cases/forecast-rig.ts';
import { plainPorts } from '../../test/fakes/plain-api.ts';
import { parseConfig } from '../config/index.ts';
import { forecastWithSliders, readModel } from '../forecast/index.ts';
import { usd } from '../money/index.ts';
import { type ApiPorts, type ControlPlane, createApi } from './index.ts';
import {
  comparedTreeSchema,
  forecastModelSchema,
  forecastSchema,
  forecastsSchema,
  predictedTreeSchema,
  trackRecordSchema,
} from './schemas-forecasts.ts';

const dayMs = 86_400_000;
const april = Date.UTC(2026, 3, 1);
const automatic = { madeBy: 'scheduler', automatic: true, reasons: ['first'] as const };
let rig: ForecastRig;
let ports: ApiPorts;
let api: ControlPlane;

function start(file: string, forecasts = rig.of(file)): void {
  const { clock, ledger } = rig;
  const config = parseConfig(file, { file: 'burnrate.yaml', environment: {} });
  ports = plainPorts({ clock, ledger, config, forecasts });
  api = createApi(ports);
}

beforeEach(async () => {
  rig = await forecastRig(april - 5 * dayMs);
  start(plainFile);
});
afterEach(() => rig.close());

const get = async (path: string) => (await api.fetch(new Request(`http://127.0.0.1:4700${path}`))).json();
const post = async (body: unknown) => {
  const headers = { 'content-type': 'application/json', host: '127.0.0.1:4700' };
  const url = 'http://127.0.0.1:4700/api/forecasts';
  return (await api.fetch(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }))).json();
};

describe('forecasts', () => {
  test('are made on demand, kept whole, listed newest first and read again', async () => {
    const made = forecastSchema.parse(await post({ seed: 3, months: 2, trials: 100 }));
    expect(made).toMatchObject({ madeBy: 'local', automatic: false, reasons: ['asked'] });
    expect(made.report).toMatchObject({ seed: 3, months: 2, from: '2026-03', measured: [] });
    expect(Object.keys(made.report.scenarios)).toEqual(['expected', 'busy']);
    expect(await get(`/api/forecasts/${made.id}`)).toEqual(made);
    rig.clock.advance(1);
    await post({ id: 'mine', scenario: 'busy', stress: 'price-rise' });
    const { forecasts, next } = forecastsSchema.parse(await get('/api/forecasts?limit=1'));
    expect(forecasts).toMatchObject([{ id: 'mine', plainScenario: 'busy', scenarios: { busy: { totalUsd: {} } } }]);
    const rest = forecastsSchema.parse(await get(`/api/forecasts?limit=5&before=${next}`));
    expect(rest).toMatchObject({ forecasts: [{ id: made.id }], next: null });
  });

  test('one scenario and one stress of it are all that is simulated when they are named', async () => {
    const { report } = forecastSchema.parse(await post({ scenario: 'busy', stress: 'price-rise' }));
    expect(Object.keys(report.scenarios)).toEqual(['busy']);
    expect(Object.keys(report.scenarios.busy?.stresses ?? {})).toEqual(['price-rise']);
  });

  test('the same id again makes no second one', async () => {
    const first = await post({ id: 'mine' });
    rig.clock.advance(1);
    expect(await post({ id: 'mine', seed: 9 })).toEqual(first);
    expect(forecastsSchema.parse(await get('/api/forecasts')).forecasts).toHaveLength(1);
  });

  test.each([
    [{ scenario: 'buzy' }, 'validation_failed', 'has expected, busy'],
    [{ stress: 'flood' }, 'validation_failed', 'has price-rise'],
    [{ trials: 5 }, 'validation_failed', 'trials'],
    [{ seeds: 1 }, 'validation_failed', 'seeds'],
  ])('%j is refused', async (body, code, message) => {
    const { error } = (await post(body)) as { error: { code: string; message: string } };
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test('a file that cannot be forecast says where and why', async () => {
    start(plainFile.replace('input: 1000', 'input: measured'));
    const { error } = (await post({})) as { error: { code: string; message: string; remedy: string } };
    expect(error.code).toBe('forecast_impossible');
    expect(error.message).toContain('workflows.support-assistant.stages.answer.input is `measured`');
    expect(error.message).toContain('0 calls of support-assistant.answer are recorded, at least 30 are needed');
    expect(error.remedy).toContain('burnrate forecast');
  });

  test('`latest` is the newest that a change made, not what somebody tried', async () => {
    expect(await get('/api/forecasts/latest')).toMatchObject({ error: { code: 'not_found' } });
    const made = await ports.forecasts.make({}, automatic);
    rig.clock.advance(1);
    await post({ scenario: 'busy' });
    expect(await get('/api/forecasts/latest')).toMatchObject({ id: made.ok && made.forecast.id });
  });
});

describe('numbers that are measured', () => {
  test('come from recorded calls, and the forecast says how many it rests on', async () => {
    await rig.ran(april - 10 * dayMs, 100);
    start(plainFile.replace('output: 100', 'output: measured'));
    const { report } = forecastSchema.parse(await post({ scenario: 'expected' }));
    expect(report.measured).toMatchObject([{ path: 'workflows.support-assistant.stages.answer.output', count: 100 }]);
    start(plainFile);
    const stated = forecastSchema.parse(await post({ scenario: 'expected', seed: 7 })).report;
    expect(report.scenarios.expected?.totalUsd).toEqual(stated.scenarios.expected?.totalUsd);
  });
});

describe('predicted and measured on one tree', () => {
  const tree = '/api/workflows/support-assistant/tree';
  const range = 'from=2026-04-01T00:00:00Z&to=2026-05-01T00:00:00Z';

  test('there is none before a forecast was made, nor for a range or workflow it does not know', async () => {
    const code = async (path: string) => ((await get(path)) as { error: { code: string } }).error.code;
    expect(await code(`${tree}?view=diff`)).toBe('forecast_missing');
    await ports.forecasts.make({}, automatic);
    expect(await code(`${tree}?view=forecast&from=2024-01-01T00:00:00Z&to=2024-02-01T00:00:00Z`)).toBe(
      'forecast_missing',
    );
    expect(await code(`/api/workflows/other/tree?view=diff&${range}`)).toBe('forecast_missing');
    expect(await code(`${tree}?view=diff&forecast=none`)).toBe('not_found');
    expect(await code(`${tree}?view=forecast&scenario=calm&${range}`)).toBe('forecast_missing');
  });

  test('the forecast has an interval on every node', async () => {
    await ports.forecasts.make({}, automatic);
    const answer = predictedTreeSchema.parse(await get(`${tree}?view=forecast&${range}`));
    expect(answer.tree.children.map(({ name }) => name)).toEqual(['answer', 'escalate']);
    for (const { mean, p10, p90 } of [answer.tree, ...answer.tree.children].map(({ predictedUsd }) => predictedUsd)) {
      expect(Number(p10)).toBeLessThan(Number(mean));
      expect(Number(p90)).toBeGreaterThan(Number(mean));
    }
  });

  test('the difference says whether what was measured lies within, and adds up on every node', async () => {
    await ports.forecasts.make({}, automatic);
    await rig.ran(april, 9 * 24);
    rig.clock.advance(14 * dayMs);
    const answer = comparedTreeSchema.parse(await get(`${tree}?view=diff&${range}`));
    expect(answer.range).toEqual({ from: '2026-04-01T00:00:00.000Z', to: '2026-04-10T00:00:00.001Z' });
    const [answerNode, escalate] = answer.tree.children;
    expect(answerNode).toMatchObject({ name: 'answer', measuredUsd: '0.486', inside: false });
    expect(escalate).toMatchObject({ name: 'escalate', measuredUsd: '0', inside: false });
    for (const node of [answer.tree, ...answer.tree.children]) {
      const sum = usd(node.predictedUsd?.mean ?? '0').picos + usd(node.differenceUsd).picos;
      expect(sum).toBe(usd(node.measuredUsd).picos);
    }
    expect(answer.simulated).toBe(false);
  });

  test('an older version and another scenario can be asked for', async () => {
    const old = await ports.forecasts.make({ id: 'old' }, automatic);
    rig.clock.advance(1);
    await ports.forecasts.make({}, automatic);
    const answer = predictedTreeSchema.parse(await get(`${tree}?view=forecast&forecast=old&scenario=busy&${range}`));
    expect(answer.forecast).toMatchObject({ id: old.ok && old.forecast.id, scenario: 'busy' });
  });
});

test('the track record holds months that were forecast before they began', async () => {
  expect(trackRecordSchema.parse(await get('/api/forecasts/track-record'))).toMatchObject({
    scenario: null,
    months: [],
  });
  await ports.forecasts.make({}, automatic);
  await rig.ran(april, 700);
  rig.clock.advance(37 * dayMs);
  const track = trackRecordSchema.parse(await get('/api/forecasts/track-record'));
  expect(track).toMatchObject({
    scenario: 'expected',
    record: { months: 1, inside80: 0, drivenBy: { human: 1 } },
    byMonthsAhead: [{ monthsAhead: 1, record: { months: 1 } }],
    months: [{ month: '2026-04', monthsAhead: 1, drivenBy: 'human', total: { factUsd: '1.575', inside: false } }],
  });
  expect(track.record.bias).toBeLessThan(0);
});

test('the model that a page gets forecasts there what is forecast here', async () => {
  const told = forecastModelSchema.parse(await get('/api/forecasts/model'));
  expect(told).toMatchObject({ from: '2026-03', months: 3, seed: 7, scenarios: ['expected', 'busy'] });
  expect(told.numbers.map(({ id }) => id)).toEqual(['workflows.support-assistant.traffic.runsPerDay']);
  expect(JSON.stringify(told)).not.toContain('secret');
  const run = { scenario: 'expected', trials: 200, seed: told.seed };
  const there = forecastWithSliders(readModel(told.model), {}, run);
  const { report } = forecastSchema.parse(await post({ seed: told.seed, trials: 200 }));
  expect(there.scenarios.expected?.totalUsd).toEqual(report.scenarios.expected?.totalUsd);
});
