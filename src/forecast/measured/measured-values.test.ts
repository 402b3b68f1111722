import { expect, test } from 'vitest';
import { parseConfig } from '../../config/index.ts';
import { createPriceBook } from '../../pricing/index.ts';
import type { CalibrationRow } from '../calibrate/index.ts';
import { measuredLookup, measuredPaths, readMeasured } from './measured-values.ts';

const config = parseConfig(
  `version: 1
providers: { openai: { kind: openai, apiKey: k } }
prices: [{ provider: openai, model: m, inputPerMillion: 1, outputPerMillion: 10 }]
people: { agent: { hourlyUsd: 38 } }
workflows:
  desk:
    outcome: { valueUsd: measured }
    traffic: { runsPerDay: measured, regenerationsPerInteraction: 0.1 }
    start: ask
    stages:
      ask: { model: openai/m, input: measured, output: 100, latency: measured, failures: { timeout: measured }, next: { more: 0.5, escalate: 0.1 } }
      more: { model: openai/m, input: 10, output: measured }
      escalate: { human: { role: agent, minutes: 6 } }
`,
  { file: 'burnrate.yaml', environment: {} },
);
const book = createPriceBook({ providers: [{ name: 'openai', kind: 'openai' }], overrides: config.prices });
const startMs = Date.UTC(2026, 3, 1);
const minuteMs = 60_000;

/** A call each ten minutes for three days; one in ten timed out at first. */
const rows = Array.from(
  { length: 432 },
  (_, i): CalibrationRow => ({
    ...{ atMs: startMs + i * 10 * minuteMs, inputTokens: 1_000 + (i % 10) * 100, outputTokens: 50, parts: null },
    ...{ session: null, segment: null, stage: 'ask', latencyMs: 800 + (i % 5) * 100 },
    attempts: i % 10 === 0 ? ['timeout', null] : [null],
  }),
);

test('every measured number of the file is asked for, of the stage whose calls tell it, once', async () => {
  const paths = measuredPaths(config, book, startMs);
  expect(paths.map((path) => path.join('.')).toSorted()).toEqual([
    'workflows.desk.outcome.valueUsd',
    'workflows.desk.stages.ask.failures.timeout',
    'workflows.desk.stages.ask.input',
    'workflows.desk.stages.ask.latency',
    'workflows.desk.stages.more.output',
    'workflows.desk.traffic.runsPerDay',
  ]);
  const asked: string[] = [];
  const { values, missing } = await readMeasured(config, paths, async ({ stage }) => {
    asked.push(stage);
    return { rows: stage === 'ask' ? rows : rows.slice(0, 3), simulated: stage === 'ask' };
  });
  expect(asked.toSorted()).toEqual(['ask', 'more']);
  const of = measuredLookup(values);
  expect(of(['workflows', 'desk', 'stages', 'ask', 'input'])).toMatchObject({ kind: 'quantiles', p90: 1_800 });
  expect(of(['workflows', 'desk', 'stages', 'ask', 'latency'])).toMatchObject({ kind: 'quantiles', p50: 1_000 });
  const timeout = of(['workflows', 'desk', 'stages', 'ask', 'failures', 'timeout']);
  expect(timeout?.kind === 'value' && timeout.value).toBeCloseTo(44 / 476, 2);
  const runs = of(['workflows', 'desk', 'traffic', 'runsPerDay']);
  expect(runs && 'low' in runs ? [runs.low <= 144, runs.high >= 144] : runs).toEqual(
    runs && 'low' in runs ? [true, true] : { kind: 'value', value: 144 },
  );
  expect(values.every(({ count, evidence }) => count > 30 && evidence.includes('SIMULATED'))).toBe(true);
  expect(missing.map(({ path, why }) => [path.at(-1), why])).toEqual(
    expect.arrayContaining([
      ['valueUsd', 'calls do not tell it'],
      ['output', '3 calls of desk.more are recorded, at least 30 are needed'],
    ]),
  );
});
