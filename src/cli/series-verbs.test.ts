import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type FakeTerminal, fakeTerminal } from '../../test/fakes/fake-terminal.ts';
import { seededRandom } from '../base/index.ts';

let folder: string;
let terminal: FakeTerminal;
let pages: unknown[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnrate-series-'));
  pages = [];
  terminal = fakeTerminal({ workingFolder: folder, answer: () => pages.shift() });
  writeFileSync(join(folder, 'burnrate.yaml'), yaml);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const yaml = `version: 1
providers: { openai: { kind: openai, apiKey: "\${OPENAI_API_KEY}" } }   # not set here
workflows:
  support:            # what people ask
    traffic: { runsPerDay: 100 }
    stages:
      answer: { model: openai/gpt-5-mini, input: 500, output: "150 to 600" }   # a belief
`;

const run = (...words: string[]): Promise<number> => terminal.run(...words);

function hours(days: number): string {
  const random = seededRandom(5);
  const rows = Array.from({ length: 24 * days }, (_, hour) => {
    const requests = 1_000 * Math.exp(Math.sin((2 * Math.PI * hour) / 24) + 0.3 * random.next());
    return `${hour * 3600},${requests.toFixed(0)},${(500 + 100 * random.next()).toFixed(1)}`;
  });
  return `t_s,requests,mean_input_tokens\n${rows.join('\n')}\n`;
}

describe('backtest', () => {
  beforeEach(() => writeFileSync(join(folder, 'series.csv'), hours(6)));

  test('prints what the contract promises as JSON', async () => {
    expect(await run('backtest', 'series.csv', '--json')).toBe(0);
    const reports = JSON.parse(terminal.out);
    const metrics = ['mase', 'smape', 'crps', 'coverage80', 'coverage95', 'width80'];
    expect(reports.map((report: { series: string }) => report.series)).toEqual(['requests', 'mean_input_tokens']);
    for (const report of reports) {
      expect(report).toMatchObject({ horizon: 24, folds: 3, model: 'blend' });
      expect(Object.keys(report.metrics)).toEqual(metrics);
      expect(Object.keys(report.baselines.seasonalNaive)).toEqual(metrics);
    }
  });

  test('shows the forecast beside the baselines', async () => {
    expect(await run('backtest', 'series.csv', '--series', 'requests', '--horizon', '12')).toBe(0);
    expect(terminal.out).toMatch(/requests: 6 folds, 12 steps ahead, a blend/);
    expect(terminal.out).toMatch(/^forecast .+\nseasonalNaive .+\nlastValue .+/m);
    expect(terminal.out).toContain('against the best baseline: MASE');
  });

  test.each([
    [['backtest', 'none.csv'], 3, 'cannot read none.csv'],
    [['backtest', 'series.csv', '--series', 'cost'], 3, 'no column cost; there are requests'],
    [['backtest', 'series.csv', '--training', '200'], 3, 'SERIES_TOO_SHORT'],
    [['backtest', 'series.csv', '--horizon', '0'], 2, 'from 1 to 8760'],
  ])('%j', async (words, code, message) => {
    expect(await run(...words)).toBe(code);
    expect(terminal.err).toContain(message);
  });
});

describe('calibrate', () => {
  beforeEach(() => {
    const random = seededRandom(7);
    const rows = Array.from(
      { length: 400 },
      (_, i) => `${i * 600},${400 + Math.floor(200 * random.next())},${100 + Math.floor(50 * random.next())}`,
    );
    writeFileSync(join(folder, 'trace.csv'), `timestamp,input_tokens,output_tokens\n${rows.join('\n')}\n`);
  });
  const file = (): string => readFileSync(join(folder, 'burnrate.yaml'), 'utf8');

  test('shows a change to review and writes nothing', async () => {
    expect(await run('calibrate', 'trace.csv')).toBe(0);
    expect(terminal.out).toContain('400 calls over 2.8 days from trace.csv, for support.answer');
    expect(terminal.out).toMatch(/^-.+output: "150 to 600"/m);
    expect(terminal.out).toMatch(/^\+.+output: \{ p50: 12\d/m);
    expect(terminal.out).toContain('Nothing was written');
    expect(file()).toBe(yaml);
  });

  test('writes it when told to, once', async () => {
    expect(await run('calibrate', 'trace.csv', '--write', '--json')).toBe(0);
    const { diff, written, measures } = JSON.parse(terminal.out);
    expect(written).toBe(true);
    expect(diff).toMatch(/^--- /);
    expect(measures.input.count).toBe(400);
    expect(file()).toContain('# a belief');
    expect(parse(file()).workflows.support.stages.answer.input.p99).toBeGreaterThan(590);
    terminal.out = '';
    expect(await run('calibrate', 'trace.csv', '--write')).toBe(0);
    expect(terminal.out).toContain('The file says so already.');
  });

  test('reads only the time it is asked for', async () => {
    expect(await run('calibrate', 'trace.csv', '--from', '1d', '--to', '36h', '--json')).toBe(0);
    expect(JSON.parse(terminal.out).measures.calls).toBe(72);
  });

  test('asks a running instance page by page when no trace is named', async () => {
    const call = (i: number) => ({
      session: `s${i % 20}`,
      startedAt: new Date(Date.UTC(2026, 1, 1) + i * 3_600_000).toISOString(),
      durationMs: 900,
      attempts: [
        ...(i % 4 === 0 ? [{ inputTokens: 500, outputTokens: 0, failure: 'timeout' }] : []),
        { inputTokens: 500 + i, outputTokens: 100, failure: null, partTokens: null },
      ],
    });
    pages = [
      { calls: Array.from({ length: 40 }, (_, i) => call(i)), next: 'cursor' },
      { calls: Array.from({ length: 20 }, (_, i) => call(40 + i)), next: null },
    ];
    expect(await run('calibrate', '--url', 'http://one.example', '--json')).toBe(0);
    const { measures, changes } = JSON.parse(terminal.out);
    expect(measures).toMatchObject({ calls: 60, attempts: { calls: 60, retriesPerCall: { value: 0.25 } } });
    expect(changes.map(({ edit }: { edit: { path: string[] } }) => edit.path.at(-1))).toContain('failures');
    expect(terminal.asked.map(({ url }) => url.searchParams.get('before'))).toEqual([null, 'cursor']);
    expect(terminal.asked[0]?.url.searchParams.get('from')).toBe('2026-02-01T12:00:00.000Z');
    expect(terminal.asked[0]?.url.searchParams.getAll('where')).toEqual(['workflow:support', 'stage:answer']);
  });

  test.each([
    [['calibrate', 'trace.csv', '--stage', 'other'], 2, 'name the stage with --stage; the file has answer'],
    [['calibrate', 'trace.csv', '--from', 'soon'], 2, 'is no time'],
    [['calibrate', 'trace.csv', '--to', '1h'], 3, 'CALIBRATION_TOO_FEW'],
    [['calibrate', 'none.csv'], 3, 'TRACE_INVALID'],
  ])('%j', async (words, code, message) => {
    expect(await run(...words)).toBe(code);
    expect(terminal.err).toContain(message);
    expect(file()).toBe(yaml);
  });
});
