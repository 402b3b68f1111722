/** A recommendation of the built product: read, accepted as the exact change of the file, and then in force. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { burnrate } from './command.ts';
import { type Stack, startStack } from './stack.ts';

const settings = `
# The comment of whoever looks after this file stays.
workflows:
  support:
    traffic: { runsPerDay: 8 }
    stages:
      answer: { model: openai/gpt-4o, input: { question: 850 }, output: 220 } # dear
      sort: { model: openai/gpt-4o-mini, input: { question: 100 }, output: 5 }
`;
const days = 14;
const perDay = 8;
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ settings });
}, 60_000);
afterAll(() => stack?.stop());

/** Two weeks in which the dear model answered, told as usage, a little different from day to day. */
function history() {
  const nowMs = Date.now();
  return Array.from({ length: days * perDay }, (_, index) => ({
    ...{ specversion: '1.0', id: `${index}`, source: '/history', type: 'burnrate.call' },
    time: new Date(nowMs - 3_600_000 - index * (86_400_000 / perDay)).toISOString(),
    data: {
      ...{ provider: 'openai', model: 'gpt-4o', operation: 'chat', run: `run-${index}` },
      usage: { prompt_tokens: 800 + ((index * 37) % 90), completion_tokens: 200 + ((index * 53) % 40) },
      labels: { workflow: 'support', stage: 'answer' },
    },
  }));
}

interface Recommendation {
  readonly id: string;
  readonly lever: string;
  readonly change: { readonly file: string; readonly diff: string };
  readonly evidence: { readonly savingUsd: string; readonly lowUsd: string };
}
interface Advice {
  readonly recommendations: readonly Recommendation[];
}

test('what it advises is shown as a change of the file, made, valid, and not advised again', async () => {
  await ask(stack.origin, 'POST', '/api/usage', history());
  const range = `from=${new Date(Date.now() - days * 86_400_000).toISOString()}`;
  const advised = () => ask<Advice>(stack.origin, 'GET', `/api/recommendations?${range}`);
  const found = (await advised()).recommendations.find(({ lever }) => lever === 'switch');
  expect(found).toMatchObject({ id: 'switch:support:answer:"openai/gpt-4o-mini"', change: { file: stack.configFile } });
  expect(Number(found?.evidence.lowUsd)).toBeGreaterThan(0);
  expect(found?.change.diff).toBe(
    '-       answer: { model: openai/gpt-4o, input: { question: 850 }, output: 220 } # dear\n' +
      '+       answer: { model: openai/gpt-4o-mini, input: { question: 850 }, output: 220 } # dear',
  );

  const words = [
    '--config',
    stack.configFile,
    '--json',
    '--from',
    new Date(Date.now() - days * 86_400_000).toISOString(),
  ];
  const accept = (...more: string[]) =>
    burnrate(['advice', 'accept', found?.id ?? '', ...more, ...words], { BURNRATE_URL: stack.origin });
  const before = readFileSync(stack.configFile, 'utf8');
  const shown = await accept();
  expect({ ...shown, stdout: JSON.parse(shown.stdout) }).toMatchObject({
    code: 0,
    stdout: { written: false, diff: expect.stringContaining('+      answer: { model: openai/gpt-4o-mini,') },
  });
  expect(readFileSync(stack.configFile, 'utf8')).toBe(before);
  const made = await accept('--write');
  expect({ ...made, stdout: JSON.parse(made.stdout) }).toMatchObject({ code: 0, stdout: { written: true } });
  const after = readFileSync(stack.configFile, 'utf8');
  expect(after).toBe(before.replace('model: openai/gpt-4o,', 'model: openai/gpt-4o-mini,'));
  const base = join(stack.folder, 'before.yaml');
  writeFileSync(base, before);
  const checked = await burnrate(['check', '--config', stack.configFile, '--base', base, '--max-increase', '0%']);
  expect(checked).toMatchObject({ code: 0 });

  await stack.burnrate.stop();
  await stack.restart();
  expect((await advised()).recommendations.map(({ lever }) => lever)).not.toContain('switch');
}, 60_000);
