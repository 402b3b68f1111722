import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeTerminal, fakeTerminal } from '../../test/fakes/fake-terminal.ts';
import { BurnrateError } from '../base/index.ts';
import { patternNames } from './init.ts';

const golden = resolve(import.meta.dirname, '../../test/golden');
let folder: string;
let terminal: FakeTerminal;
let calls: unknown[] | undefined;
let committed: Record<string, string>;

const file = `version: 1
providers: { openai: { kind: openai, apiKey: k } }
prices:
  - { provider: openai, model: large, inputPerMillion: 1, outputPerMillion: 10 }
  - { provider: openai, model: small, inputPerMillion: 0.1, outputPerMillion: 1 }
people: { agent: { hourlyUsd: 30 } }
workflows:
  desk:
    outcome: { valueUsd: 2, successRate: 0.8 }
    traffic: { runsPerDay: "800 to 1200" }
    start: ask
    stages:
      ask: { model: openai/large, input: "900 to 1500", output: 200, next: { escalate: 0.05, done: 0.95 } }
      escalate: { human: { role: agent, minutes: 6 } }
overheads: { infrastructure: [{ name: gateway, monthlyUsd: 240 }] }
budgets: [{ name: company, limitUsd: 100, period: month, hard: true }]
scenarios: { expected: { growthPerMonth: 0.05 } }
stresses: { price-rise: { prices: 1.3 } }
forecast: { months: 3, seed: 7, trials: 500 }
`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnrate-forecast-'));
  [calls, committed] = [undefined, {}];
  writeFileSync(join(folder, 'burnrate.yaml'), file);
  terminal = fakeTerminal({
    ...{ environment: { OPENAI_API_KEY: 'x', ANTHROPIC_API_KEY: 'x' }, workingFolder: folder },
    readCommitted: async (ref) => {
      if (committed[ref] !== undefined) return committed[ref];
      throw new BurnrateError('CONFIG_UNREADABLE', { message: `no ${ref} here` });
    },
    answer: () => calls && { calls, next: null },
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (...words: string[]): Promise<number> => terminal.run(...words);

const written = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('forecast', () => {
  test('shows scenarios, months, lines, drivers, budgets and stresses within the width of the terminal', async () => {
    expect([await run('forecast'), terminal.err]).toEqual([0, '']);
    for (const line of terminal.out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    await expect(terminal.out).toMatchFileSnapshot(join(golden, 'cli', 'forecast.txt'));
  });

  test('--json holds what the contract names', async () => {
    expect(await run('forecast', '--json', '--months', '2', '--trials', '200', '--seed', '3')).toBe(0);
    const report = JSON.parse(terminal.out);
    expect(report).toMatchObject({ seed: 3, trials: 200, from: '2026-04', measured: [] });
    const { expected } = report.scenarios;
    const interval = { mean: /^\d/, p10: /^\d/, p50: /^\d/, p90: /^\d/ };
    for (const [key, pattern] of Object.entries(interval)) expect(expected.months[0].totalUsd[key]).toMatch(pattern);
    expect(expected.months.map(({ month }: { month: string }) => month)).toEqual(['2026-04', '2026-05']);
    const named = ['months', 'lines', 'costPerOutcomeUsd', 'perDayUsd', 'callsPerDay', 'naiveCallsPerDay', 'drivers'];
    expect(Object.keys(expected)).toEqual(expect.arrayContaining(named));
    expect(expected.drivers[0]).toMatchObject({ parameter: expect.any(String), swingUsd: expect.any(String) });
  });

  test('the same seed gives the same text, another seed another', async () => {
    const texts = [];
    for (const seed of ['5', '5', '6']) {
      terminal.out = '';
      await run('forecast', '--json', '--seed', seed);
      texts.push(terminal.out.replace(/"seed": \d+/, ''));
    }
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toBe(texts[2]);
  });

  test('--html writes a report that loads nothing', async () => {
    expect(await run('forecast', '--html', 'forecast.html')).toBe(0);
    expect(terminal.err).toContain('forecast.html');
    const html = written('forecast.html');
    expect(html).toMatch(/^<!doctype html>/i);
    expect(html).not.toMatch(/(src|href)="(?!#)|url\((?!#)|@import|<script/);
  });

  test('--stress runs only what it names', async () => {
    await run('forecast', '--json', '--stress', 'none');
    expect(JSON.parse(terminal.out).scenarios.expected.stresses).toEqual({});
  });

  test.each([
    [['--trials', '5'], 'from 100'],
    [['--months', '0'], 'from 1 to 60'],
    [['--seed', '-1'], 'from 0'],
    [['--sed', '1'], 'Did you mean --seed?'],
  ])('%j is wrong use', async (words, message) => {
    expect(await run('forecast', ...words)).toBe(2);
    expect(terminal.err).toContain(message);
  });

  test('without a file it says how to begin', async () => {
    rmSync(join(folder, 'burnrate.yaml'));
    expect(await run('forecast')).toBe(3);
    expect(terminal.err).toContain('burnrate init');
  });
});

describe('numbers that are measured', () => {
  const call = (outputTokens: number) => ({
    startedAt: '2026-02-27T12:00:00Z',
    durationMs: 900,
    attempts: [{ inputTokens: 1_000, outputTokens, failure: null }],
  });
  const measured = file.replace('output: 200', 'output: measured');

  test('come from the running instance, with how many calls they rest on', async () => {
    writeFileSync(join(folder, 'burnrate.yaml'), measured);
    calls = Array.from({ length: 400 }, (_, i) => call(150 + (i % 100)));
    expect([await run('forecast', '--url', 'http://b'), terminal.err]).toEqual([0, '']);
    expect(terminal.out).toMatch(/Measured:\n {2}workflows\.desk\.stages\.ask\.output: p50 199.*; 400 observations/);
  });

  test('from an emulator say so', async () => {
    writeFileSync(join(folder, 'burnrate.yaml'), measured);
    calls = Array.from({ length: 40 }, () => ({ ...call(200), simulated: true }));
    await run('forecast', '--url', 'http://b');
    expect(terminal.out).toContain('SIMULATED data is included; 40 observations');
  });

  test.each([
    ['no instance answers', undefined, 'no instance answers at http://b'],
    ['there are too few calls', [], '0 calls of desk.ask are recorded, at least 30 are needed'],
  ])('%s: the line and what to do', async (_why, recorded, message) => {
    writeFileSync(join(folder, 'burnrate.yaml'), measured);
    calls = recorded;
    expect(await run('forecast', '--url', 'http://b')).toBe(3);
    expect(terminal.err).toContain('burnrate.yaml:13:65 workflows.desk.stages.ask.output: is `measured`');
    expect(terminal.err).toContain(message);
    expect(terminal.err).toContain('state a value or a range here');
  });
});

describe('init', () => {
  test.each(patternNames)('%s is written with its comments, and can be forecast at once', async (pattern) => {
    rmSync(join(folder, 'burnrate.yaml'));
    expect(await run('init', '--pattern', pattern)).toBe(0);
    expect(terminal.out).toContain('burnrate forecast');
    expect(written('burnrate.yaml')).toContain('#');
    terminal.out = '';
    expect(await run('forecast', '--trials', '100', '--months', '1', '--json')).toBe(0);
    expect(Object.keys(JSON.parse(terminal.out).scenarios).length).toBeGreaterThan(0);
  });

  test('leaves a file that is there alone, unless told', async () => {
    expect(await run('init')).toBe(3);
    expect(terminal.err).toContain('already_exists');
    expect(written('burnrate.yaml')).toBe(file);
    expect(await run('init', '--force', '--json')).toBe(0);
    expect(JSON.parse(terminal.out)).toEqual({ file: join(folder, 'burnrate.yaml'), pattern: 'support-bot' });
  });

  test('an unknown pattern names those there are', async () => {
    expect(await run('init', '--pattern', 'chatbot')).toBe(2);
    expect(terminal.err).toContain('rag-search');
  });
});

describe('compare', () => {
  test('shows each alternative per successful outcome and its break-even', async () => {
    const words = ['--replace', 'openai/large=openai/small', '--trials', '300'];
    expect([await run('compare', ...words), terminal.err]).toEqual([0, '']);
    await expect(terminal.out).toMatchFileSnapshot(join(golden, 'cli', 'compare.txt'));
    terminal.out = '';
    expect(await run('compare', ...words, '--json')).toBe(0);
    const { candidates, seed } = JSON.parse(terminal.out);
    expect(seed).toBe(7);
    expect(candidates.map(({ name }: { name: string }) => name)).toEqual(['as it is', 'openai/large=openai/small']);
  });

  test.each([
    [[], 'nothing to compare'],
    [['--replace', 'large=small'], 'expected provider/model=provider/model'],
    [['--context', '-5'], 'from 0'],
  ])('%j is wrong use', async (words, message) => {
    expect(await run('compare', ...words)).toBe(2);
    expect(terminal.err).toContain(message);
  });

  test('an alternative without a price is named, not guessed', async () => {
    expect(await run('compare', '--replace', 'openai/large=openai/nobody')).toBe(0);
    expect(terminal.out).toContain('has no known price');
  });
});

describe('check', () => {
  const dearer = file.replace('output: 200', 'output: 2000');

  test('fails when an outcome costs more than allowed, and shows it as Markdown for a pull request', async () => {
    writeFileSync(join(folder, 'base.yaml'), file);
    writeFileSync(join(folder, 'burnrate.yaml'), dearer);
    const words = ['check', '--base', 'base.yaml', '--max-increase', '5%'];
    expect([await run(...words, '--markdown'), terminal.err]).toEqual([1, '']);
    await expect(terminal.out).toMatchFileSnapshot(join(golden, 'cli', 'check.md'));
    terminal.out = '';
    expect(await run(...words)).toBe(1);
    await expect(terminal.out).toMatchFileSnapshot(join(golden, 'cli', 'check.txt'));
    terminal.out = '';
    expect(await run(...words, '--json')).toBe(1);
    expect(JSON.parse(terminal.out)).toMatchObject({ ok: false });
  });

  test.each([
    ['allows it', ['--max-increase', '90%'], 0],
    ['names no limit', [], 0],
    ['allows nothing', ['--max-increase', '0'], 1],
  ])('a limit that %s', async (_what, words, code) => {
    committed = { main: file };
    writeFileSync(join(folder, 'burnrate.yaml'), dearer);
    expect(await run('check', '--base', 'main', ...words)).toBe(code);
  });

  test('a cheaper file passes', async () => {
    committed = { main: dearer };
    expect(await run('check', '--base', 'main', '--max-increase', '0')).toBe(0);
  });

  test('a base that is neither a file nor a state could not run; a wrong limit is wrong use', async () => {
    expect(await run('check', '--base', 'nowhere')).toBe(3);
    expect(terminal.err).toContain('CONFIG_UNREADABLE');
    expect(await run('check', '--base', 'main', '--max-increase', 'lots')).toBe(2);
    expect(await run('check')).toBe(2);
  });
});

describe('what cannot be forecast names the line and the remedy', () => {
  const changes: [string, string | RegExp, string, string][] = [
    [
      'probabilities above 1',
      '0.05, done: 0.95',
      '0.3, done: 0.95',
      '13:76 workflows.desk.stages.ask.next: the probabilities sum to 1.25',
    ],
    ['a negative probability', 'escalate: 0.05', 'escalate: -0.05', 'a share from 0 to 1'],
    ['an endless cycle', /next: { escalate.*} }/, 'next: { ask: 1 } }', 'runs that reach ask never end'],
    ['a negative range', '"900 to 1500"', '"-900 to 1500"', '13:42 workflows.desk.stages.ask.input: expected a number'],
    ['a range turned round', '"900 to 1500"', '"1500 to 900"', 'a range whose low end is below its high end'],
    [
      'quantiles that fall',
      'output: 200',
      'output: { p50: 300, p90: 200 }',
      'quantiles that do not fall: p50 ≤ p90 ≤ p99; the file has 200',
    ],
    ['one quantile alone', 'output: 200', 'output: { p50: 300 }', 'p90 or p99 beside p50'],
    [
      'a missing price',
      'openai/large, input',
      'openai/nobody, input',
      'No price is known for openai/nobody. Write under `prices:`',
    ],
    ['a stage that is not there', '{ escalate: 0.05', '{ escalat: 0.05', 'did you mean "escalate"?'],
    ['a role without a rate', 'role: agent', 'role: ghost', 'names no role under `people`'],
    ['no traffic', 'runsPerDay: "800 to 1200"', 'duplicateTabs: 0', 'has no traffic to forecast; state traffic.users'],
    ['negative money', 'hourlyUsd: 30', 'hourlyUsd: -30', 'expected US dollars'],
    ['an unknown key', 'output: 200', 'ouput: 200', 'output'],
  ];
  test.each(changes)('%s', async (_what, from, to, message) => {
    writeFileSync(join(folder, 'burnrate.yaml'), file.replace(from, to));
    expect(await run('forecast', '--trials', '100')).toBe(3);
    expect(terminal.err).toMatch(/burnrate\.yaml:\d+:\d+ /);
    expect(terminal.err).toContain(message);
    expect(terminal.err).toContain('Correct burnrate.yaml as the message says');
    expect(terminal.out).toBe('');
  });

  test('all problems at once, in the order of the file', async () => {
    writeFileSync(
      join(folder, 'burnrate.yaml'),
      file.replace('output: 200', 'output: -1').replace('minutes: 6', 'minutes: "9 to 3"'),
    );
    expect(await run('forecast')).toBe(3);
    expect([...terminal.err.matchAll(/yaml:(\d+):/g)].map(([, line]) => line)).toEqual(['13', '14']);
  });
});
