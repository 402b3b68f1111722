import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../config/index.ts';
import { usd } from '../../money/index.ts';
import { createPriceBook } from '../../pricing/index.ts';
import { diffTrees, noCounts, totalOf } from '../../tree/index.ts';
import { forecast } from '../forecast.ts';
import { buildModel } from '../model/build-model.ts';
import { reportForecast } from '../report/forecast-report.ts';
import { compareWithFacts, type MonthFacts, trackRecord } from './compare-with-facts.ts';
import { byLine, forecastTree } from './forecast-tree.ts';
import { changedInputs, type ForecastVersion, fingerprintOf } from './forecast-version.ts';
import { versionOf } from './version-of.ts';

const april = { fromMs: Date.UTC(2026, 3, 1), toMs: Date.UTC(2026, 4, 1) };
const version: ForecastVersion = {
  id: 'fc_1',
  madeAtMs: april.fromMs,
  scenario: 'expected',
  seed: 7,
  trials: 10_000,
  inputs: { file: 'a', prices: 'b', release: 'r1' },
  months: [
    {
      month: '2026-04',
      ...april,
      totalUsd: { mean: '100', p10: '80', p50: '98', p90: '125' },
      lines: [
        { line: 'inference', totalUsd: { mean: '70', p10: '60', p50: '69', p90: '82' } },
        { line: 'human', totalUsd: { mean: '30', p10: '20', p50: '29', p90: '43' } },
      ],
      nodes: [
        { workflow: 'support', stage: 'answer', lines: [{ line: 'inference', meanUsd: '70' }] },
        { workflow: 'support', stage: 'escalate', lines: [{ line: 'human', meanUsd: '20' }] },
        { workflow: 'support', stage: null, lines: [{ line: 'human', meanUsd: '10' }] },
      ],
    },
  ],
};
const facts = (total: string, inference: string, human: string, complete = true): MonthFacts => ({
  month: '2026-04',
  total: usd(total),
  lines: { inference: usd(inference), human: usd(human) },
  complete,
});

describe('a forecast beside its facts', () => {
  test('says by how much it missed, whether within its interval, and which line did it', () => {
    const [month] = compareWithFacts(version, [facts('130', '72', '58')]);
    expect(month).toMatchObject({
      month: '2026-04',
      total: { forecastUsd: '100', factUsd: '130', differenceUsd: '30', share: 0.3, inside: false },
      drivenBy: 'human',
    });
    expect(month?.lines.map(({ line, inside }) => [line, inside])).toEqual([
      ['human', false],
      ['inference', true],
    ]);
  });

  test('a line nobody forecast is a miss of all of it', () => {
    const fact = { ...facts('110', '70', '30'), lines: { ...facts('0', '70', '30').lines, retries: usd('10') } };
    const [month] = compareWithFacts(version, [fact]);
    expect(month?.drivenBy).toBe('retries');
    expect(month?.lines[0]).toMatchObject({ forecastUsd: '0', differenceUsd: '10', share: null, inside: false });
  });

  test('a month that still runs is not compared', () =>
    expect(compareWithFacts(version, [facts('10', '5', '5', false)])).toEqual([]));

  test('the track record counts what lay within, and leans', () => {
    const months = [facts('130', '72', '58'), facts('110', '80', '30'), facts('100', '70', '30')];
    const record = trackRecord(months.flatMap((fact) => compareWithFacts(version, [fact])));
    expect(record).toMatchObject({ months: 3, drivenBy: { human: 1, inference: 1 } });
    expect(record.inside80).toBeCloseTo(2 / 3, 10);
    expect(record.meanError).toBeCloseTo(0.4 / 3, 10);
    expect(record.bias).toBeCloseTo(0.4 / 3, 10);
    expect(trackRecord([])).toMatchObject({ months: 0, inside80: null, meanError: null, bias: null });
  });
});

describe('a forecast as a cost tree', () => {
  test('of a whole month is exact, and of half a month half', () => {
    expect(totalOf(forecastTree(version, 'support', april)!)).toEqual(usd('100'));
    const half = { fromMs: april.fromMs, toMs: april.fromMs + 15 * 86_400_000 };
    expect(totalOf(forecastTree(version, 'support', half)!)).toEqual(usd('50'));
  });

  test('is laid over the facts node by node', () => {
    const answer = { kind: 'stage' as const, name: 'answer', counts: noCounts, children: [] };
    const measured = byLine({
      kind: 'workflow',
      name: 'support',
      lines: [],
      counts: noCounts,
      children: [
        {
          ...answer,
          lines: [
            { line: 'inference', bucket: 'input', unit: 'tokens', quantity: 5, cost: usd('50') },
            { line: 'inference', bucket: 'output', unit: 'tokens', quantity: 2, cost: usd('25') },
          ],
        },
      ],
    });
    const diff = diffTrees(forecastTree(version, 'support', april), measured);
    const stage = diff.children.find(({ name }) => name === 'answer');
    expect(stage?.difference).toEqual(usd('5'));
    expect(stage?.lines).toHaveLength(1);
    expect(diff.children.find(({ name }) => name === 'escalate')?.presence).toBe('base');
  });

  test('is none for a workflow or a time it does not know', () => {
    expect(forecastTree(version, 'other', april)).toBeNull();
    expect(forecastTree(version, 'support', { fromMs: 0, toMs: 1 })).toBeNull();
  });
});

describe('what a forecast was made from', () => {
  test('changes its fingerprint with any character', () => {
    expect(fingerprintOf('version: 1')).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprintOf('version: 1')).toBe(fingerprintOf('version: 1'));
    expect(fingerprintOf('version: 1')).not.toBe(fingerprintOf('version: 2'));
    expect(fingerprintOf('ab')).not.toBe(fingerprintOf('ba'));
  });

  test('names what makes it outdated', () => {
    const { inputs } = version;
    expect(changedInputs(inputs, inputs)).toEqual([]);
    expect(changedInputs(inputs, { ...inputs, prices: 'c', release: 'r2' })).toEqual(['prices', 'release']);
  });
});

test('a report becomes a version whose trees add up to what its workflow nodes were forecast to cost', () => {
  const text = readFileSync(new URL('../../../patterns/rag-search.yaml', import.meta.url), 'utf8');
  const config = parseConfig(text, {
    file: 'burnrate.yaml',
    environment: { OPENAI_API_KEY: 'x', ANTHROPIC_API_KEY: 'x' },
  });
  const providers = Object.entries(config.providers).map(([name, { kind, baseUrl }]) => ({ name, kind, baseUrl }));
  const book = createPriceBook({ providers, overrides: config.prices });
  const built = buildModel(config, book, april.fromMs - 86_400_000);
  if (!built.ok) throw new Error(JSON.stringify(built.problems));
  const report = reportForecast(forecast(built.model, { trials: 200, seed: 1 }), () => built.model);
  const facts = { id: 'fc_2', madeAtMs: april.fromMs, scenario: 'expected', inputs: version.inputs };
  const made = versionOf(report, facts);
  expect(made?.months).toHaveLength(report.months);
  const [month] = made!.months;
  const [workflow] = Object.keys(config.workflows);
  const tree = forecastTree(made!, workflow!, month!);
  const nodes = report.scenarios.expected!.months[0]!.nodes.filter((node) => node.workflow === workflow);
  const expected = nodes.reduce((sum, node) => sum + usd(node.totalUsd.mean).picos, 0n);
  expect(totalOf(tree!).picos).toBe(expected);
  expect(expected).toBeGreaterThan(0n);
  expect(versionOf(report, { ...facts, scenario: 'none' })).toBeNull();
});
