import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configured, economicLedger } from '../../test/cases/economic-ledger.ts';
import { anAttempt } from '../../test/fakes/attempt.ts';
import { plainPorts } from '../../test/fakes/plain-api.ts';
import { manualClock } from '../base/index.ts';
import { sumUsd, toDecimal, usd } from '../money/index.ts';
import { createApi } from './index.ts';
import { stackSchema } from './schemas-economics.ts';
import { reportSchema } from './schemas-reports.ts';
import { reservationsSchema } from './schemas-reservations.ts';
import { unitEconomicsSchema } from './schemas-units.ts';

const clock = manualClock(Date.UTC(2026, 2, 1, 12));
const under = economicLedger();

const file = `
version: 1
workflows: { support-assistant: { stages: { answer: { model: openai/gpt-5 } } } }
overheads: { infrastructure: [ { name: gateway, monthlyUsd: 310, allocateBy: calls } ] }
`;

const march1Ms = Date.UTC(2026, 2, 1, 1);

async function get(path: string, init: RequestInit = {}, config = configured(file)): Promise<Response> {
  await under.append([
    anAttempt({ team: 'care', interaction: 'i1' }),
    anAttempt({ attemptId: 'att_2', callId: 'call_2', run: 'run_2', team: 'web', simulated: true }),
  ]);
  const api = createApi(plainPorts({ clock, ledger: under.ledger, config }));
  return api.fetch(new Request(`http://127.0.0.1:4700${path}`, init));
}

test('the stack sums on the wire too, and says what it left out', async () => {
  const stack = stackSchema.parse(
    await (await get('/api/stack?by=team&limit=1&from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z')).json(),
  );
  expect(stack.lines.map((line) => [line.line, line.costUsd])).toEqual([
    ['inference', '0.0045'],
    ['infrastructure', '10'],
  ]);
  expect(toDecimal(sumUsd(stack.lines.map((line) => usd(line.costUsd))))).toBe(stack.totalUsd);
  expect([stack.groups.length, stack.groupsLeftOut, stack.simulated]).toEqual([1, 1, true]);
  const shown = sumUsd([...stack.groups.map((group) => usd(group.totalUsd)), usd(stack.leftOutUsd)]);
  expect(toDecimal(shown)).toBe(stack.totalUsd);
});

test.each([
  ['/api/stack?by=line', 'line'],
  ['/api/stack?by=tem', 'team'],
  ['/api/stack?by=team,plan,user,customer,segment', 'four'],
])('%s is refused', async (path, hint) => {
  const answer = await get(path);
  expect(answer.status).toBe(422);
  expect(JSON.stringify(await answer.json())).toContain(hint === 'four' ? 'at most 4' : hint);
});

test('unit economics carry their formulas', async () => {
  const units = unitEconomicsSchema.parse(
    await (await get('/api/unit-economics?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z')).json(),
  );
  expect(units).toMatchObject({ calls: 2, runs: 2, costs: { costPerCallUsd: '5.00225', multiplier: 2 } });
  expect(units.components.map((each) => each.measure)).toHaveLength(5);
  for (const name of Object.keys(units.costs)) expect(units.formulas).toHaveProperty(name.replace(/Usd$/, ''));
});

const march1 = 'from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z';

test.each([
  [`/api/reports/chargeback?by=team&format=csv&${march1}`, 'text/csv; charset=utf-8', 'care,inference'],
  [
    `/api/reports/showback?rows=team&columns=workflow&format=markdown&${march1}`,
    'text/markdown; charset=utf-8',
    '| care |',
  ],
  [`/api/reports/showback?format=html&${march1}`, 'text/html; charset=utf-8', '<td>care</td>'],
  [
    '/api/reports/weekly?week=2026-03-01&format=xlsx',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'PK',
  ],
])('%s has its format', async (path, contentType, content) => {
  const answer = await get(path);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, contentType]);
  expect(await answer.text()).toContain(content);
});

test('the name of a saved table says its day in the configured time zone, and that data is simulated', async () => {
  const berlin = configured(`${file}timeZone: Europe/Berlin\n`);
  const path = '/api/reports/chargeback?by=team&format=csv&from=2026-02-28T23:00:00Z&to=2026-03-02T00:00:00Z';
  const name = (await get(path, {}, berlin)).headers.get('content-disposition');
  expect(name).toBe('attachment; filename="chargeback-by-team-2026-03-01-simulated.csv"');
});

test('what simulated calls bear is said to be simulated, whatever lines are looked at and in which of two weeks', async () => {
  for (const path of [`/api/stack?where=line:compliance&${march1}`, `/api/unit-economics?where=line:human&${march1}`]) {
    expect([path, await (await get(path)).json()]).toMatchObject([path, { simulated: true }]);
  }
  const following = (await (await get('/api/reports/weekly?week=2026-03-04')).json()) as { simulated: boolean };
  expect(following.simulated).toBe(true);
  const later = (await (await get('/api/reports/weekly?week=2026-03-14')).json()) as { simulated: boolean };
  expect(later.simulated).toBe(false);
});

test('a reservation is held against the load', async () => {
  const held = 'providers: { openai: { kind: openai, apiKey: k, reserved: [ { monthlyUsd: 310, tokens: 100/m } ] } }';
  const config = configured(`${file}${held}\n`);
  const { reservations, simulated } = reservationsSchema.parse(
    await (await get(`/api/reservations?${march1}`, {}, config)).json(),
  );
  expect(simulated).toBe(true);
  expect(reservations).toMatchObject([{ provider: 'openai', costUsd: '10', capacityTokens: 144_000 }]);
});

test.each([
  ['rows=line', 'rows: '],
  ['columns=bucket', 'columns: '],
  ['columns=teem', 'did you mean \\"team\\"'],
])('showback refuses %s by name', async (query, message) => {
  const answer = await get(`/api/reports/showback?${query}&${march1}`);
  const text = await answer.text();
  expect([answer.status, text, text.includes(message)]).toEqual([422, text, true]);
});

test('a report in JSON sums as the stack does; several tables are no CSV', async () => {
  const report = reportSchema.parse(await (await get(`/api/reports/chargeback?${march1}`)).json());
  expect(report.tables[0]?.total?.at(-1)).toBe('10.0045');
  expect((await get('/api/reports/weekly?format=csv')).status).toBe(422);
});

test.each([
  [{ workflows: { 'support-assistant': { stages: { answer: { maxOutputTokens: 50 } } } } }, 200, '0.001'],
  [{ workflows: {} }, 422, 'names no stage'],
  [{ workflows: { w: { stages: { s: { cach: {} } } } } }, 422, 'cach'],
])('what if %j', async (policy, status, content) => {
  const body = JSON.stringify({ policy, from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' });
  const answer = await get('/api/whatif', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  const text = await answer.text();
  expect([answer.status, text.includes(content)]).toEqual([status, true]);
});

test('a recommendation carries the lines of the file that change', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'advice-'));
  const path = join(folder, 'burnrate.yaml');
  writeFileSync(path, file);
  const again = Array.from({ length: 60 }, (_, index) =>
    anAttempt({
      attemptId: `a_${index}`,
      callId: `c_${index}`,
      run: `r_${index}`,
      startedAtMs: march1Ms + index * 20 * 60_000,
    }),
  );
  await under.append(again);
  const answer = await get(`/api/recommendations?${march1}`, {}, { ...configured(file), file: path });
  const { recommendations } = (await answer.json()) as {
    recommendations: { lever: string; change: { diff: string } }[];
  };
  expect(recommendations.find((each) => each.lever === 'cache')?.change.diff).toBe(
    [
      '- workflows: { support-assistant: { stages: { answer: { model: openai/gpt-5 } } } }',
      '+ workflows: { support-assistant: { stages: { answer: { model: openai/gpt-5, cache: { mode: exact, ttl: 24h } } } } }',
    ].join('\n'),
  );
  rmSync(folder, { recursive: true });
});
