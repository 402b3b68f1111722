import { beforeEach, expect, test } from 'vitest';
import { type FakeTerminal, fakeTerminal } from '../../test/fakes/fake-terminal.ts';

const money = (amount: string) => ({ costUsd: amount });
const range = { from: '2026-03-02T00:00:00.000Z', to: '2026-03-09T00:00:00.000Z' };
const file = `version: 1
workflows:
  w:
    stages:
      s: { model: openai/gpt-5-mini } # asked often
`;
let terminal: FakeTerminal;
let written: [string, string][];

const review = {
  ...{ id: 'r1', kind: 'application', state: 'started', workflow: 'support', stage: 'answer', call: 'c1', run: null },
  ...{ reason: 'unsure', reviewer: 'ada', createdAt: range.from, decision: 'correct', minutes: 3.5 },
};
const advised = {
  ...{ id: 'shorten:w:s:300', lever: 'shorten', workflow: 'w', stage: 's', risk: 'Some answers end early.' },
  evidence: { savingUsd: '3', lowUsd: '2', highUsd: '4' },
  change: { path: ['workflows', 'w', 'stages', 's', 'maxOutputTokens'], value: 300 },
};

const answers: Readonly<Record<string, unknown>> = {
  '/api/reviews': { reviews: [review], queue: { waiting: 2, started: 1 }, review },
  '/api/alerts': {
    alerts: [
      {
        ...{ id: 'alert_1', severity: 'ticket', state: 'firing', kind: 'token-spike', startedAt: range.from },
        ...{ summary: 'token-spike:support'.repeat(20), silencedUntil: null },
      },
    ],
  },
  '/api/reviews/r1/start': review,
  '/api/reviews/r1/release': review,
  '/api/reviews/r1/decide': review,
  '/api/recommendations': { range, simulated: true, recommendations: [advised] },
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
    ...{ runs: 20, attempts: 1_200, ofAttempts: 1_200, effects: { cacheHits: 400, answersLost: 0 } },
  },
};

beforeEach(() => {
  written = [];
  terminal = fakeTerminal({
    ...{ environment: { BURNRATE_URL: 'http://127.0.0.1:4700' }, workingFolder: '/work', columns: 120 },
    exists: () => false,
    readText: async (path) =>
      path.endsWith('file.yaml') ? file : 'workflows: { w: { stages: { s: { retries: 1 } } } }',
    writeText: async (path, text) => void written.push([path, text]),
    answer: ({ url }) => answers[url.pathname],
  });
});

test.each<[string[], (string | RegExp)[]]>([
  [
    ['report', '--full'],
    [
      /vector-search +direct +\$30\.00 \(est\.\) +30\.0 %/,
      'Tokens are 70.0 % of the whole; 60.0 % to 80.0 % is usual',
      '12 min',
    ],
  ],
  [
    ['report', '--full'],
    [
      '5.0 human minutes have no rate',
      'SIMULATED',
      /costPerSuccess +\$2\.50 +full cost ÷ successes/,
      'return on full cost 900.0 %',
    ],
  ],
  [
    ['report', 'weekly'],
    ['Weekly review, 2026-03-02 to 2026-03-08 (UTC)', /support +\$100\.50 +-25\.0 %/],
  ],
  [
    ['report', 'weekly', '--markdown'],
    ['# Weekly review', '| support | $100.50 | -25.0 % |'],
  ],
  [
    ['whatif', 'policy.yaml'],
    [/saving +\$3\.00/, '$2.00 to $4.00', '400 calls answered from the cache', '1,200 attempts of 20 runs'],
  ],
  [
    ['reviews', 'list'],
    [/unsure +support\.answer +c1 +ada +correct, 3\.5 min +r1/, '2 wait, 1 are being looked at'],
  ],
  [['reviews', 'add', '--call', 'c1', '--reason', 'unsure'], ['r1 waits']],
  [['reviews', 'start', 'r1'], ['r1 is with ada']],
  [['reviews', 'release', 'r1'], ['r1 waits again']],
  [['reviews', 'decide', 'r1', 'correct', '--minutes', '3.5'], ['r1: correct, 3.5 minutes']],
  [
    ['advice', 'list'],
    [/shorten +w\.s +\$3\.00 +\$2\.00 to \$4\.00/, 'SIMULATED'],
  ],
  [
    ['advice', 'accept', advised.id, '--config', 'file.yaml'],
    [/-.* model: openai\/gpt-5-mini }/, /\+.*maxOutputTokens: 300 } # asked often/, 'Nothing was written'],
  ],
])('%s', async (words, shown) => {
  expect(await terminal.run(...words)).toBe(0);
  for (const text of shown) expect(terminal.out).toMatch(text);
});

test('the full cost of one workflow is asked for as such', async () => {
  expect(await terminal.run('report', '--full', '--workflow', 'support')).toBe(0);
  expect(terminal.asked.map(({ url }) => [url.pathname, url.searchParams.getAll('where')])).toEqual([
    ['/api/stack', ['workflow:support']],
    ['/api/unit-economics', ['workflow:support']],
  ]);
});

test('a long text is cut, so that a table is no wider than the terminal; the id stays whole', async () => {
  expect(await terminal.run('alerts', 'list')).toBe(0);
  expect(Math.max(...terminal.out.split('\n').map((line) => line.length))).toBe(120);
  expect(terminal.out).toMatch(/… {2}alert_1$/m);
});

test('the policy goes to the instance as the file says it', async () => {
  await terminal.run('whatif', 'policy.yaml', '--from', range.from, '--json');
  expect(terminal.asked.map(({ url, body }) => ({ path: url.pathname + url.search, body }))).toEqual([
    {
      path: '/api/whatif',
      body: { policy: { workflows: { w: { stages: { s: { retries: 1 } } } } }, from: range.from },
    },
  ]);
  expect(JSON.parse(terminal.out)).toEqual(answers['/api/whatif']);
});

test('what is accepted is written as it is shown, and nothing else', async () => {
  expect(await terminal.run('advice', 'accept', advised.id, '--config', 'file.yaml', '--write')).toBe(0);
  const after = file.replace('gpt-5-mini }', 'gpt-5-mini, maxOutputTokens: 300 }');
  expect(written).toEqual([['/work/file.yaml', after]]);
});

test.each<[string[], number, string]>([
  [['advice', 'accept', 'other', '--config', 'file.yaml'], 3, 'nothing of that range advises'],
  [['advice', 'accept', advised.id], 2, 'no burnrate.yaml'],
  [['reviews', 'decide', 'r1', 'maybe'], 2, 'Allowed choices'],
])('%s is refused', async (words, code, reason) => {
  expect(await terminal.run(...words)).toBe(code);
  expect(terminal.err).toContain(reason);
  expect(written).toEqual([]);
});
