import { beforeEach, expect, test } from 'vitest';
import { type Effects, runCli } from './index.ts';

const money = (amount: string) => ({ costUsd: amount });
const range = { from: '2026-03-02T00:00:00.000Z', to: '2026-03-09T00:00:00.000Z' };
let out: string;
let asked: { path: string; body: unknown }[];

const answers: Readonly<Record<string, unknown>> = {
  '/api/stack': {
    ...{ range, by: ['workflow'], totalUsd: '100', tokenShare: 0.7, usualTokenShare: { low: 0.6, high: 0.8 } },
    lines: [
      { line: 'inference', name: 'inference', rule: 'direct', estimated: false, ...money('70') },
      { line: 'retrieval', name: 'vector-search', rule: 'direct', estimated: true, ...money('30') },
    ],
    groups: [{ dimensions: { workflow: 'support' }, totalUsd: '100', tokenShare: 0.7 }],
    ...{ groupsLeftOut: 0, minutesWithoutRate: 5, unknownPriceAttempts: 0, simulated: true },
  },
  '/api/unit-economics': {
    costs: { costPerSuccessUsd: '2.5', multiplier: 3 },
    components: [
      {
        ...{ component: 'Support overhead', measure: 'Human minutes per 100 interactions', unit: 'minutes' },
        ...{ value: 12, valueUsd: null, costUsd: '3', lever: 'Guardrails' },
      },
    ],
    returns: { valueUsd: '900', labourSavedUsd: '100', roi: 9, paybackMonths: 0.5 },
    formulas: { costPerSuccess: { formula: 'full cost ÷ successes' }, multiplier: { formula: 'calls ÷ interactions' } },
  },
  '/api/reports/weekly': {
    ...{ title: 'Weekly review', range, timeZone: 'UTC', simulated: false, paragraphs: ['Full cost $100.00.'] },
    tables: [
      {
        title: 'Workflows',
        columns: [
          { title: 'workflow', kind: 'text' },
          { title: 'cost', kind: 'usd' },
          { title: 'change', kind: 'share' },
        ],
        rows: [['support', '100.5', -0.25]],
        total: ['total', '100.5', null],
      },
    ],
  },
  '/api/whatif': {
    ...{ range, recordedUsd: '10', wouldUsd: '7', savingUsd: '3', lowUsd: '2', highUsd: '4' },
    ...{ runs: 20, attempts: 1_200, cutOff: false, effects: { cacheHits: 400, answersLost: 0 } },
  },
};

const effects = {
  stdout: {
    write: (text: string) => {
      out += text;
    },
    columns: 120,
  },
  stderr: { write: () => undefined },
  environment: { BURNRATE_URL: 'http://127.0.0.1:4700' },
  workingFolder: '/work',
  version: '1.2.3',
  exists: () => false,
  readText: async () => 'workflows: { w: { stages: { s: { retries: 1 } } } }',
  fetch: (async (url: string, init?: RequestInit) => {
    const path = new URL(url).pathname;
    asked.push({ path, body: init?.body === undefined ? null : JSON.parse(String(init.body)) });
    return Response.json(answers[path]);
  }) as typeof fetch,
} as unknown as Effects;

beforeEach(() => {
  out = '';
  asked = [];
});

test.each<[string[], (string | RegExp)[]]>([
  [
    ['report', '--full'],
    [
      /vector-search +direct +\$30\.00 \(est\.\) +30\.0%/,
      'Tokens are 70.0% of the whole; 60.0% to 80.0% is usual',
      '12 min',
    ],
  ],
  [
    ['report', '--full'],
    [
      '5.0 human minutes have no rate',
      'SIMULATED',
      /costPerSuccess +\$2\.50 +full cost ÷ successes/,
      'return on full cost 900.0%',
    ],
  ],
  [
    ['report', 'weekly'],
    ['Weekly review, 2026-03-02 to 2026-03-09 (UTC)', /support +\$100\.50 +-25\.0%/],
  ],
  [
    ['report', 'weekly', '--markdown'],
    ['# Weekly review', '| support | $100.50 | -25.0 % |'],
  ],
  [
    ['whatif', 'policy.yaml'],
    [/saving +\$3\.00/, '$2.00 to $4.00', '400 calls answered from the cache', '1,200 attempts of 20 runs'],
  ],
])('%s', async (words, shown) => {
  expect(await runCli(words, effects)).toBe(0);
  for (const text of shown) expect(out).toMatch(text);
});

test('the policy goes to the instance as the file says it', async () => {
  await runCli(['whatif', 'policy.yaml', '--from', range.from, '--json'], effects);
  expect(asked).toEqual([
    {
      path: '/api/whatif',
      body: { policy: { workflows: { w: { stages: { s: { retries: 1 } } } } }, from: range.from },
    },
  ]);
  expect(JSON.parse(out)).toEqual(answers['/api/whatif']);
});
