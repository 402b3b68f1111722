import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../config/index.ts';
import { usd } from '../../money/index.ts';
import { createPriceBook } from '../../pricing/index.ts';
import { type CostNode, diffTrees, type LineKind, type LineTotal, noCounts, totalOf } from '../../tree/index.ts';
import { forecast } from '../forecast.ts';
import { buildModel } from '../model/build-model.ts';
import { reportForecast } from '../report/forecast-report.ts';
import { compareTrees, type NodeComparison } from './compare-trees.ts';
import { compareWithFacts, type MonthFacts, trackRecord } from './compare-with-facts.ts';
import { byLine, forecastTree } from './forecast-tree.ts';
import { changedInputs, type ForecastVersion, fingerprintOf } from './forecast-version.ts';
import { inputsOf } from './inputs-of.ts';
import { versionOf } from './version-of.ts';

const april = { fromMs: Date.UTC(2026, 3, 1), toMs: Date.UTC(2026, 4, 1) };
/** A fifth to either side. */
const around = (mean: string) => ({
  mean,
  p10: String(Number(mean) * 0.8),
  p50: mean,
  p90: String(Number(mean) * 1.2),
});
const version: ForecastVersion = {
  id: 'fc_1',
  madeAtMs: april.fromMs,
  scenario: 'expected',
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
        { workflow: 'support', stage: 'answer', totalUsd: around('70'), lines: [{ line: 'inference', meanUsd: '70' }] },
        { workflow: 'support', stage: 'escalate', totalUsd: around('20'), lines: [{ line: 'human', meanUsd: '20' }] },
        { workflow: 'support', stage: null, totalUsd: around('10'), lines: [{ line: 'human', meanUsd: '10' }] },
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
    const inputs = { file: 'a', prices: 'b', models: 'c', release: 'r1', measured: '', engine: '1', from: '2026-04' };
    expect(changedInputs(inputs, { ...inputs })).toEqual([]);
    expect(changedInputs(inputs, { ...inputs, prices: 'c', release: 'r2' })).toEqual(['prices', 'release']);
  });
});

describe('predicted and measured on one tree', () => {
  const fixed = (line: LineKind, cost: string): LineTotal => ({
    line,
    bucket: 'fixed',
    unit: 'usd',
    quantity: 0,
    cost: usd(cost),
  });
  const stage = (name: string, ...lines: LineTotal[]): CostNode => ({
    ...{ kind: 'stage', name, lines, counts: noCounts, children: [] },
  });
  const measured: CostNode = {
    ...{ kind: 'workflow', name: 'support', lines: [], counts: noCounts },
    children: [
      stage('answer', fixed('inference', '75')),
      stage('escalate', fixed('human', '40')),
      stage('new', fixed('retries', '1')),
    ],
  };

  test('each node has its interval, what was measured and whether that lies within', () => {
    const { tree, notMeasured } = compareTrees(version, 'support', april, measured)!;
    expect(tree).toMatchObject({
      predictedUsd: { mean: '100', p10: '80', p90: '120' },
      measuredUsd: '116',
      inside: true,
    });
    expect(tree.children.map(({ name, inside, differenceUsd }) => [name, inside, differenceUsd])).toEqual([
      ['answer', true, '5'],
      ['escalate', false, '20'],
      ['new', null, '1'],
    ]);
    expect(notMeasured).toEqual([]);
  });

  test('a range that cuts a month counts its share; what nothing was spent on is zero, not unknown', () => {
    const half = { fromMs: april.fromMs, toMs: april.fromMs + 15 * 86_400_000 };
    const { tree } = compareTrees(version, 'support', half, null)!;
    expect(tree).toMatchObject({ predictedUsd: { mean: '50', p10: '40' }, measuredUsd: '0', differenceUsd: '-50' });
    expect(compareTrees(version, 'support', { fromMs: 0, toMs: 1 }, measured)).toBeNull();
  });

  test('what no ledger can know is told apart and in no figure', () => {
    const [month] = version.months;
    const waiting = {
      workflow: 'support',
      stage: null,
      totalUsd: around('5'),
      lines: [{ line: 'waiting' as const, meanUsd: '5' }],
    };
    const lines = [...month!.lines, { line: 'waiting' as const, totalUsd: around('5') }];
    const totalUsd = { mean: '105', p10: '85', p50: '103', p90: '130' };
    const more = { ...version, months: [{ ...month!, totalUsd, lines, nodes: [...month!.nodes, waiting] }] };
    const { tree, notMeasured } = compareTrees(more, 'support', april, measured)!;
    expect(notMeasured).toEqual([{ line: 'waiting', predictedUsd: '5' }]);
    expect(tree.predictedUsd?.mean).toBe('100');
    expect(compareWithFacts(more, [facts('100', '70', '30')])[0]?.total).toMatchObject({
      forecastUsd: '100',
      highUsd: '125',
    });
  });

  test('predicted + difference = measured on every node, whatever the range', () => {
    const days = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(days, (count) => {
        const range = { fromMs: april.fromMs, toMs: april.fromMs + count * 86_400_000 };
        const holds = (node: NodeComparison): boolean =>
          usd(node.predictedUsd?.mean ?? '0').picos + usd(node.differenceUsd).picos === usd(node.measuredUsd).picos &&
          node.children.every(holds);
        return holds(compareTrees(version, 'support', range, measured)!.tree);
      }),
    );
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
  const made = versionOf({ id: 'fc_2', madeAtMs: april.fromMs, report });
  expect(made?.months).toHaveLength(report.months);
  const [month] = made!.months;
  const [workflow] = Object.keys(config.workflows);
  const tree = forecastTree(made!, workflow!, month!);
  const nodes = report.scenarios.expected!.months[0]!.nodes.filter((node) => node.workflow === workflow);
  const expected = nodes.reduce((sum, node) => sum + usd(node.totalUsd.mean).picos, 0n);
  expect(totalOf(tree!).picos).toBe(expected);
  expect(expected).toBeGreaterThan(0n);
  expect(versionOf({ id: 'fc_2', madeAtMs: april.fromMs, report }, 'none')).toBeNull();
});

describe('the inputs of a forecast', () => {
  const source = readFileSync(new URL('../../../patterns/rag-search.yaml', import.meta.url), 'utf8');
  const environment = { OPENAI_API_KEY: 'x', ANTHROPIC_API_KEY: 'x' };
  const atMs = Date.UTC(2026, 3, 1);
  function inputs(text: string, facts: Partial<Parameters<typeof inputsOf>[1]> = {}, now = atMs) {
    const config = parseConfig(text, { file: 'burnrate.yaml', environment });
    const providers = Object.entries(config.providers).map(([name, { kind, baseUrl }]) => ({ name, kind, baseUrl }));
    const built = buildModel(config, createPriceBook({ providers, overrides: config.prices }), now);
    if (!built.ok) throw new Error(JSON.stringify(built.problems));
    return inputsOf(built.model, { release: 'r1', engine: '1', measured: [], ...facts });
  }
  const before = inputs(source);
  const [, used = ''] = /model: (openai\/\S+?)[,\s]/.exec(source) ?? [];
  const cheaper = `prices: [{ provider: openai, model: ${used.slice(7)}, inputPerMillion: 0.01, outputPerMillion: 0.02, cacheReadPerMillion: 0.001 }]`;

  test.each([
    ['nothing', () => inputs(source), []],
    ['a comment and where it listens', () => inputs(`# new\nlisten: 127.0.0.1:5000\n${source}`), []],
    ['a number of the file', () => inputs(`${source}\nforecast: { months: 11 }\n`), ['file']],
    ['a price', () => inputs(`${source}\n${cheaper}\n`), ['prices']],
    ['a release', () => inputs(source, { release: 'r2' }), ['release']],
    ['the version that computes', () => inputs(source, { engine: '2' }), ['engine']],
    ['what was measured', () => inputs(source, { measured: [['workflows', 'w']] }), ['measured']],
  ] as const)('%s', (_what, now, changed) => expect(changedInputs(before, now())).toEqual(changed));

  test('another model is told beside the file, its prices too', () => {
    const other = source.replaceAll(used, 'openai/gpt-4.1-nano');
    expect(changedInputs(before, inputs(other))).toEqual(expect.arrayContaining(['file', 'models', 'prices']));
  });

  test('a new month is another forecast', () =>
    expect(changedInputs(before, inputs(source, {}, Date.UTC(2026, 4, 1)))).toContain('from'));
});
