import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../../test/cases/attempts.ts';
import { systemClock } from '../../base/index.ts';
import { sumUsd } from '../../money/index.ts';
import type { Ledger } from '../ledger.ts';
import { keptSamples } from '../sql/sample.ts';
import { openDuckDbLedger } from './index.ts';
import { layoutVersion, schemaStatements } from './schema.ts';

const golden = join(import.meta.dirname, '../../../test/golden/ledger/layout-1.sql');
const month = { fromMs: caseStartMs - 86_400_000, toMs: caseStartMs + 31 * 86_400_000 };
let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ledger-'));
  file = join(dir, 'ledger.duckdb');
});
afterEach(() => rmSync(dir, { recursive: true }));

async function write(statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

const open = () => openDuckDbLedger({ file, clock: systemClock, lockWaitMs: 0 });

test('a file of the first layout is brought to the present one: nothing is lost, and what is new is worked out', async () => {
  await write(
    readFileSync(golden, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('--')),
  );
  const ledger = await open();
  const { total } = await ledger.costs({ range: month, by: [], where: {} });
  expect([total.attempts, total.calls, total.runs, total.cost]).toEqual([
    ...[6, 5, 4],
    sumUsd(Array.from({ length: 6 }, () => caseAttempt('x').cost ?? { picos: 0n })),
  ]);
  expect((await ledger.costs({ range: month, by: ['customer', 'line'], where: {} })).total.cost).toEqual(total.cost);
  const kept = { range: { fromMs: caseStartMs + 20 * 86_400_000, toMs: month.toMs }, where: {} };
  expect((await ledger.traffic({ ...kept, by: [] }))[0]).toMatchObject({
    ...{ sessions: 2, calls: 3, completedCalls: 3, retriedCalls: 1, failedAttempts: 1, attemptsWithParts: 3 },
    parts: { system: 300, history: 600, retrieval: 1_800, question: 300, tools: 0 },
  });
  expect(await ledger.retries({ ...kept, where: { workflow: ['support'] } })).toMatchObject([
    { reason: 'retry', cause: 'timeout', calls: 1, attempts: 1 },
  ]);
  const [endings] = await ledger.endings({ range: month, where: {} }, [['release']]);
  expect(endings).toContainEqual(
    expect.objectContaining({ dimensions: { release: 'r1' }, outcome: 'escalated', role: 'agent', runs: 1, csat: 4 }),
  );
  expect((await ledger.performance({ ...kept, by: [] }))[0]?.durationMs?.p50).toBeGreaterThan(100);
  expect((await ledger.performance({ range: month, where: {}, by: [] }))[0]).toMatchObject({ failedAttempts: 2 });
  expect((await ledger.call('call_3'))[0]?.partTokens).toBeNull();
  expect((await ledger.run('run_1'))?.attempts[0]?.partTokens?.retrieval).toBe(600);
  expect((await ledger.repetitions(kept, 'session')).bars).toEqual([{ value: 1, count: 2 }]);
  expect(await ledger.watermark('j')).toBe(6);
  const later = caseAttempt('9', { run: 'run_nobody', startedAtMs: caseStartMs + 29 * 86_400_000 });
  await ledger.append({ journalId: 'j', afterSequence: 6, lastSequence: 7, attempts: [later] });
  await ledger.close();
  const again = await open();
  expect((await again.costs({ range: month, by: [], where: {} })).total.attempts).toBe(7);
  await again.close();
});

test('a file of the second layout keeps its outcomes and told usage, and counts reviewed minutes once', async () => {
  const ledger = await open();
  await ledger.append({
    journalId: 'j',
    afterSequence: 0,
    lastSequence: 1,
    attempts: [caseAttempt('1', { run: 'run_1' })],
  });
  const told = { id: 'a', content: 'c', attempt: caseAttempt('told') };
  await ledger.recordUsage([told]);
  const times = { atMs: caseStartMs, recordedAtMs: caseStartMs };
  const outcome = {
    id: 'o',
    run: 'run_1',
    outcome: 'escalated',
    value: null,
    humanMinutes: 10,
    role: null,
    csat: 4,
  } as const;
  await ledger.recordOutcome({ ...outcome, ...times });
  const work = { id: 'w', kind: 'escalation', decision: 'approve', callId: null, keyId: null, role: null, minutes: 4 };
  await ledger.recordWork({ ...work, run: 'run_1', atMs: caseStartMs, simulated: false });
  await ledger.close();
  await write([
    ...backToThird,
    'ALTER TABLE outcomes DROP COLUMN reviewed_minutes',
    'ALTER TABLE told_usage DROP COLUMN started_at',
    'UPDATE layout SET version = 2',
  ]);
  const again = await open();
  const [endings] = await again.endings({ range: month, where: {} }, [[]]);
  expect(endings).toContainEqual(expect.objectContaining({ outcome: 'escalated', runs: 1, csat: 4, humanMinutes: 6 }));
  expect(await again.recordUsage([told])).toEqual({ ok: true, recorded: 0, repeated: 1 });
  await again.close();
});

const backToFourth = [
  ...['weekly_customers', 'daily_sessions', 'outcome_sums'].map((table) => `DROP TABLE ${table}`),
  ...['outcome_days', 'models_from'].map((name) => `ALTER TABLE extent DROP COLUMN ${name}`),
  ...['new_run_with_model', 'run_began_at'].map((name) => `ALTER TABLE attempts DROP COLUMN ${name}`),
  ...['ALTER TABLE outcomes DROP COLUMN models', 'UPDATE layout SET version = 4'],
];

const backToThird = [
  ...backToFourth,
  ...['attempts', 'hourly', 'daily_customers'].map((table) => `ALTER TABLE ${table} DROP COLUMN plain_line`),
  ...keptSamples.map(({ table }) => `DROP TABLE ${table}`),
  ...['DROP TABLE weekly_users', 'ALTER TABLE extent DROP COLUMN weeks_to', 'UPDATE layout SET version = 3'],
];

test('a file of the third layout answers by line from sums and attempts, and by sample, as one that never was', async () => {
  const attempts = Array.from({ length: 40 }, (_, index) =>
    caseAttempt(`${index}`, {
      ...{
        reason: index % 3 === 0 ? ('retry' as const) : ('first' as const),
        customer: `c${index % 2}`,
        session: `s${index}`,
      },
      ...(index % 4 === 0 ? { lines: [], cost: null, priceState: 'unknown' as const } : {}),
      startedAtMs: caseStartMs + index * 3_600_000,
    }),
  );
  const asked = (ledger: Ledger) =>
    Promise.all([
      ledger.costs({ range: month, by: ['line'], where: {} }),
      ledger.costs({ range: month, by: ['customer', 'day', 'line'], where: { line: ['inference', 'retries'] } }),
      ledger.costs({ range: month, by: ['line', 'run'], where: {} }),
    ]);
  const ledger = await open();
  await ledger.append({ journalId: 'j', afterSequence: 0, lastSequence: attempts.length, attempts });
  const before = await asked(ledger);
  await ledger.close();
  await write(backToThird);
  const again = await open();
  expect(await asked(again)).toEqual(before);
  await again.close();
});

test('a file of the fourth layout answers by customer, session, outcome and model as one that never was, and goes on', async () => {
  const dayMs = 86_400_000;
  const attempts = Array.from({ length: 60 }, (_, index) =>
    caseAttempt(`${index}`, {
      ...{ customer: `c${index % 3}`, session: `s${index % 20}`, run: `r${index % 30}`, workflow: 'support' },
      ...{ modelServed: `m${index % 4}`, startedAtMs: caseStartMs + index * 0.4 * dayMs },
    }),
  );
  const outcome = (number: number) => ({
    ...{ id: `o${number}`, run: `r${number}`, outcome: 'success' as const, value: null, humanMinutes: number },
    ...{ role: null, csat: null, atMs: caseStartMs, recordedAtMs: caseStartMs },
  });
  const asked = async (ledger: Ledger) => ({
    customers: await ledger.costs({ range: month, by: ['customer', 'line'], where: {} }),
    weeks: await ledger.costs({ range: month, by: ['customer', 'week'], where: {} }),
    sessions: await ledger.costs({ range: month, by: ['session'], where: {}, limit: 7 }),
    endings: await ledger.endings({ range: month, where: {} }, [[], ['customer', 'day']]),
    ofModel: await ledger.endings({ range: month, where: { model: ['m1'] } }, [['workflow']]),
  });
  const ledger = await open();
  await ledger.append({ journalId: 'j', afterSequence: 0, lastSequence: attempts.length, attempts });
  for (let run = 0; run < 20; run += 1) await ledger.recordOutcome(outcome(run));
  const before = await asked(ledger);
  await ledger.close();
  await write(backToFourth);
  const again = await open();
  expect(await asked(again)).toEqual(before);
  const later = attempts.map((attempt, index) => ({
    ...attempt,
    ...{ attemptId: `later_${index}`, callId: `later_${index}`, run: `later_${index % 30}` },
    startedAtMs: attempt.startedAtMs + 25 * dayMs,
  }));
  const [first, last] = [attempts.length, 2 * attempts.length];
  await again.append({ journalId: 'j', afterSequence: first, lastSequence: last, attempts: later });
  for (let run = 0; run < 20; run += 1)
    await again.recordOutcome({ ...outcome(run), id: `later_o${run}`, run: `later_${run}` });
  const since = { fromMs: caseStartMs + 25 * dayMs, toMs: caseStartMs + 50 * dayMs };
  const [ofModel] = await again.endings({ range: since, where: { model: ['m1'] } }, [['workflow']]);
  expect(ofModel).toEqual(before.ofModel[0]);
  await again.close();
});

test('a file of a later layout is refused', async () => {
  await write([...schemaStatements, `UPDATE layout SET version = ${layoutVersion + 1}`]);
  await expect(open()).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
});
