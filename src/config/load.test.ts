import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toDecimal } from '../money/index.ts';
import { ConfigError, checkConfig, formatProblem, loadConfig, parseConfig } from './index.ts';

const golden = path.resolve(import.meta.dirname, '../../test/golden/config');
const sample = readFileSync(path.join(golden, 'sample.yaml'), 'utf8');
const environment = {
  OPENAI_API_KEY: 'sk-hidden-openai',
  SLACK_URL: 'https://hooks.example/hidden-slack',
  SECRET_TEXT: 'hidden-text',
  SECRET_NAME: 'hidden-name',
};
const load = (text: string) => parseConfig(text, { file: 'burnrate.yaml', environment });

function problemsOf(text: string): string {
  const result = checkConfig(text, { file: 'burnrate.yaml', environment });
  return result.ok ? 'no problem' : result.problems.map(formatProblem).join('\n');
}

describe('files with mistakes', () => {
  const bad = readdirSync(golden).filter((name) => name.endsWith('.yaml') && name !== 'sample.yaml');

  test('there are many', () => expect(bad.length).toBeGreaterThanOrEqual(25));

  test.each(bad)('%s', async (name) => {
    const found = problemsOf(readFileSync(path.join(golden, name), 'utf8'));
    expect(found).not.toContain('no problem');
    expect(found, 'a value from the environment is shown').not.toContain('hidden');
    expect(found, 'a literal secret is shown').not.toContain('sk-literal-secret');
    await expect(`${found}\n`).toMatchFileSnapshot(path.join(golden, name.replace('.yaml', '.txt')));
  });
});

describe('the sample', () => {
  const config = load(sample);

  test('loads, with money exact and numbers read', () => {
    expect(config.budgets.map((budget) => toDecimal(budget.limitUsd))).toEqual(['9000', '0.25']);
    expect(config.providers.openai?.limits?.tokens).toEqual({ count: 200_000, perMs: 60_000 });
    expect(config.providers.openai?.latency).toEqual({ kind: 'quantiles', p50: 1800, p99: 14_000 });
    expect(config.budgets[1]?.brake.map((step) => step.at)).toEqual([0.7, 0.85, 0.95]);
    expect(config.prices[0]?.above?.[0]).toMatchObject({ inputTokens: 272_000, inputPerMillion: '2.5' });
    expect(config.overheads.observability?.bytesPerCall).toEqual({ kind: 'value', value: 12_000 });
    expect(config.overheads.switching[0]?.amortizedOver).toEqual({ months: 24 });
    expect(config.stresses['viral-spike']?.over).toEqual({ ms: 172_800_000 });
  });

  test('stages say what they are and where they lead', () => {
    const stages = config.workflows['support-assistant']?.stages ?? {};
    expect(Object.values(stages).map((stage) => stage.work.kind)).toEqual([
      'model',
      'service',
      'model',
      'model',
      'human',
    ]);
    expect(stages.retrieve?.next).toEqual({ answer: { kind: 'value', value: 1 } });
    expect(stages.classify?.input).toEqual({
      kind: 'total',
      tokens: { kind: 'range', low: 200, high: 900, shape: 'lognormal' },
    });
    expect(stages.answer?.input).toMatchObject({ kind: 'parts', system: { kind: 'value', value: 600 } });
    expect(stages.answer?.fallback).toEqual([
      'openai/gpt-5-mini',
      { template: 'sorry.md' },
      { human: 'support-agent' },
    ]);
    expect(stages.answer?.validate).toEqual({ schema: 'answer.schema.json', repairs: 1 });
  });

  test('environment values are put in, and every key it states is known', () => {
    expect(config.providers.openai?.apiKey).toBe('sk-hidden-openai');
    expect(config.alerts.channels.ops?.webhook).toBe('https://hooks.example/hidden-slack');
    expect(config.stated.map((key) => key.join('.'))).toContain(
      'workflows.support-assistant.stages.answer.hedge.after',
    );
  });

  test('vendors it does not mention are there', () => {
    expect(config.providers.anthropic?.baseUrl).toBe('https://api.anthropic.com');
  });
});

describe('defaults', () => {
  test.each([
    ['version: 1', 'open'],
    ['version: 1\nlisten: "[::1]:4700"', 'open'],
    ['version: 1\nlisten: 0.0.0.0:4700', 'keys'],
    ['version: 1\nlisten: 0.0.0.0:4700\naccess: open', 'open'],
  ])('%j has access %s', (text, access) => expect(load(text).access).toBe(access));

  test('a variable may have a default, and $${ is a plain ${', () => {
    expect(load('version: 1\nrelease: "${RELEASE:-r1}-$${x}"').release).toBe('r1-${x}');
  });

  test('an anchor may be shared and overridden', () => {
    const text = `version: 1
workflows:
  a:
    stages:
      x: &base { model: openai/gpt-5, retries: 2 }
      y: { <<: *base, retries: 0 }
`;
    expect(load(text).workflows.a?.stages.y).toMatchObject({ retries: 0, work: { model: 'openai/gpt-5' } });
  });
});

describe('files', () => {
  test('a missing file is unreadable, a wrong one is invalid with all its problems', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'burnrate-config-'));
    const file = path.join(folder, 'burnrate.yaml');
    await expect(loadConfig(file, {})).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' });
    await writeFile(file, 'version: 2\nlistn: x\n');
    const error = await loadConfig(file, {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', problems: [{ line: 1 }, { line: 2, column: 1 }] });
    await writeFile(file, 'x'.repeat(1_000_001));
    await expect(loadConfig(file, {})).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' });
    await rm(folder, { recursive: true });
  });
});

describe('whatever the text', () => {
  test('a damaged sample gives problems with a place in the file, or loads; it never throws', () => {
    const damage = fc.record({ at: fc.nat(sample.length), cut: fc.nat(40), put: fc.string({ maxLength: 8 }) });
    fc.assert(
      fc.property(damage, ({ at, cut, put }) => {
        const text = sample.slice(0, at) + put + sample.slice(at + cut);
        const result = checkConfig(text, { file: 'f', environment });
        const lines = text.split('\n').length;
        const places = result.ok ? [] : result.problems.map(({ line }) => line);
        expect(places.every((line) => line >= 1 && line <= lines)).toBe(true);
        expect(result.ok || places.length > 0).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
