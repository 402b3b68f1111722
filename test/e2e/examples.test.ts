/** The examples do what they say, on the built product. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, repository, type Stack, startStack } from './stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(async () => {
  await stack?.stop();
});

function runExample(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const environment = cleanEnvironment({ BURNRATE_URL: stack.origin });
  const child = spawn(process.execPath, args, { cwd: repository, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.on('data', (part: Buffer) => parts.push(part));
  return new Promise((done) => child.once('exit', (code) => done({ code, output: Buffer.concat(parts).toString() })));
}

const example = (name: string) => ['--import', 'tsx', join('examples', name)];

test('support-run.ts tells what its run cost', async () => {
  const { code, output } = await runExample(example('support-run.ts'));
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/the run cost \$0\.\d+/) });
});

test('budget.ts is answered until its money is gone', async () => {
  const { code, output } = await runExample(example('budget.ts'));
  expect({ code, output }).toMatchObject({
    code: 0,
    output: expect.stringMatching(/left\n(.*\n)*call \d+ was refused: .*starts anew at/),
  });
});

test('trace-context.ts is attributed by its trace and baggage', async () => {
  const { code, output } = await runExample(example('trace-context.ts'));
  expect({ code, output }).toMatchObject({ code: 0 });
  const run = /the run is (\w+)/.exec(output)?.[1] ?? '';
  const found = await stack.until<{ workflow: string; calls: { customer?: string }[] }>(
    `/api/runs/${run}`,
    (answer) => answer.calls.length === 1,
  );
  expect(found).toMatchObject({ workflow: 'report-drafting', calls: [{ customer: 'Müller & Söhne' }] });
});

test('burnrate.yaml is in order', async () => {
  const { code, output } = await runExample([join('dist', 'main.js'), 'doctor', '--config', 'examples/burnrate.yaml']);
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('configuration') });
});
