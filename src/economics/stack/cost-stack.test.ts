import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../../test/cases/attempts.ts';
import { systemClock } from '../../base/index.ts';
import { type Config, parseConfig } from '../../config/index.ts';
import { openDuckDbLedger } from '../../ledger/duckdb/index.ts';
import type { CostRow, Dimension, Ledger } from '../../ledger/index.ts';
import { fromPicos, sumUsd, toDecimal, usd } from '../../money/index.ts';
import type { Attempt } from '../../tree/index.ts';
import { buildCostStack, readCostStack } from './cost-stack.ts';
import type { StackFacts } from './read-stack-facts.ts';
import { type CostStack, tokenShare } from './stack.ts';

/** March 2026 has 31 days, so that a month is 31 equal days in UTC. */
const march = { fromMs: Date.UTC(2026, 2, 1), toMs: Date.UTC(2026, 3, 1) };
const fifthOfMarch = { fromMs: Date.UTC(2026, 2, 2), toMs: Date.UTC(2026, 2, 2) + (31 * 86_400_000) / 5 };

const file = `
version: 1
providers: { openai: { kind: openai, apiKey: k, reserved: [ { monthlyUsd: 310 } ] } }
workflows:
  support:
    stages:
      retrieve: { service: vector-search, calls: 1.2, next: answer }
      answer: { model: openai/gpt-5-mini, next: { moderate: 0.5 } }
      moderate: { model: openai/omni-moderation-latest, next: { escalate: 0.5 } }
      escalate: { human: { role: support-agent, minutes: 6 } }
  search: { stages: { find: { model: openai/gpt-5-mini } } }
services: { vector-search: { perCallUsd: 0.0002, monthlyUsd: 62, line: retrieval } }
people: { support-agent: { hourlyUsd: 38 }, engineer: { hourlyUsd: 95 } }
overheads:
  infrastructure: [ { name: gateway, monthlyUsd: 240, perCallUsd: 0.001, allocateBy: calls } ]
  observability: { bytesPerCall: 12kB, tiers: [ { keep: 7d, share: 1 }, { keep: 400d, bytesPerCall: 40B } ], perGbIngestUsd: 500, perGbMonthUsd: 100 }
  compliance: [ { name: privacy review, monthlyUsd: 2500, allocateBy: fixed, shares: { support: 0.75, search: 0.25 } } ]
  maintenance: [ { name: team, monthlyUsd: 100, from: 2026-03-17, allocateBy: even } ]
  operationalDebt: [ { name: prompt upkeep, hoursPerMonth: 40, role: engineer, allocateBy: cost } ]
  switching: [ { name: provider exit, hours: 120, role: engineer, amortizedOver: 24 months, allocateBy: tokens } ]
`;

function configured(text: string): Config {
  return parseConfig(text, { file: 'burnrate.yaml', environment: {} });
}

const sums = (stack: CostStack) => ({
  lines: sumUsd(stack.lines.map((line) => line.cost)),
  parts: sumUsd(stack.lines.flatMap((line) => line.parts)),
  groups: sumUsd(stack.groups.map((group) => group.total)),
});

describe('on a ledger', () => {
  let dir: string;
  let ledger: Ledger;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'stack-'));
    ledger = await openDuckDbLedger({ file: join(dir, 'l.duckdb'), clock: systemClock });
  });
  afterEach(async () => {
    await ledger.close();
    rmSync(dir, { recursive: true });
  });
  const append = (...attempts: Attempt[]) =>
    ledger.append({ journalId: 'j', afterSequence: 0, lastSequence: attempts.length, attempts });
  const ended = (run: string, humanMinutes: number, role: string | null) =>
    ledger.recordOutcome({
      ...{ id: `o_${run}`, run, outcome: 'escalated', value: null, csat: null, humanMinutes, role },
      ...{ atMs: caseStartMs + 1, recordedAtMs: caseStartMs + 2 },
    });
  const stackOf = (by: Dimension[], range = march, where = {}) =>
    readCostStack(ledger, { range, by, where, timeZone: 'UTC' }, configured(file));

  test('minutes a review and the outcome of its run both tell of cost once, exactly, whatever they are split by', async () => {
    await append(
      ...['1', '2', '3'].map((id) => caseAttempt(id, { workflow: 'support', stage: 'answer', team: `t${id}` })),
    );
    const review = (run: string, kind: string, minutes: number) =>
      ledger.recordWork({
        ...{ id: `rev_${run}`, kind, decision: 'correct', callId: null, keyId: null, role: 'support-agent', minutes },
        ...{ atMs: caseStartMs + 3, simulated: false, workflow: 'support', run },
      });
    await review('run_1', 'escalation', 4);
    for (const run of ['run_1', 'run_2', 'run_3']) await ended(run, 6, null);
    await review('run_2', 'application', 9);
    await review('run_3', 'sample', 2);
    for (const by of [['workflow'], ['team'], ['run']] as Dimension[][]) {
      const human = (await stackOf(by)).lines.filter(({ line }) => line === 'human');
      expect(human.map(({ name, quantity }) => [name, quantity])).toEqual([
        ['support-agent', 2 + 0 + 6],
        ['support-agent, reviews', 4 + 9 + 2],
      ]);
      for (const { cost, parts } of human) expect(sumUsd(parts)).toEqual(cost);
    }
  });

  test('every line of a month is there, priced by hand', async () => {
    await append(
      caseAttempt('1', { workflow: 'support', stage: 'answer', team: 'care' }),
      caseAttempt('2', {
        workflow: 'support',
        stage: 'moderate',
        operation: 'moderations',
        run: 'run_1',
        team: 'care',
      }),
      caseAttempt('3', { workflow: 'search', stage: 'find', team: 'web' }),
      caseAttempt('4', { workflow: 'search', stage: 'find', team: 'web', reason: 'retry', callId: 'call_3' }),
    );
    await ended('run_1', 6, null);
    await ended('run_3', 5, 'nobody');
    const stack = await stackOf(['workflow']);
    const cost = (line: string, name: string) => {
      const found = stack.lines.find((each) => each.line === line && each.name === name);
      return found === undefined ? null : toDecimal(found.cost);
    };
    const each = 1_000n * 1_250_000n + 200n * 125_000n + 300n * 10_000_000n;
    const expected: Record<string, string> = {
      'inference|inference': toDecimal(fromPicos(2n * each)),
      'guardrails|guardrails': toDecimal(fromPicos(each)),
      'retries|retries': toDecimal(fromPicos(each)),
      // No call of the stage was counted: one run × 1.2 calls.
      'retrieval|vector-search': toDecimal(usd('62.00024')),
      'human|support-agent': '3.8',
      'infrastructure|gateway': '240.003',
      'capacity|openai reservation': '310',
      'compliance|privacy review': '2500',
      // Paid from the 17th: 15 of 31 days.
      'maintenance|team': toDecimal(usd('48.387096774194')),
      'operationalDebt|prompt upkeep': '3800',
      'switching|provider exit': '475',
      // 3 calls × 12 kB: 36 kB in at $500/GB, kept 7 days; 120 B kept 400 days.
      'observability|ingest': '0.018',
      'observability|kept 7 days': '0.0008279',
    };
    for (const [key, value] of Object.entries(expected).filter(([key]) => !key.startsWith('retrieval'))) {
      const [line = '', name = ''] = key.split('|');
      expect([key, cost(line, name)]).toEqual([key, value]);
    }
    const retrieval = stack.lines.filter(({ line }) => line === 'retrieval');
    expect(toDecimal(sumUsd(retrieval.map((line) => line.cost)))).toBe('62.00024');
    expect(retrieval.map((line) => line.estimated).toSorted()).toEqual([false, true]);
    expect(stack.minutesWithoutRate).toBe(5);
    expect(sums(stack)).toEqual({ lines: stack.total, parts: stack.total, groups: stack.total });
    expect(tokenShare(stack)).toBeLessThan(0.01);
    expect(stack.bytesStoredPerCall).toBe(12_040);
    const compliance = stack.lines.find(({ line }) => line === 'compliance');
    const byGroup = stack.groups.map((group, index) => [
      group.dimensions.workflow,
      toDecimal(compliance?.parts[index] ?? fromPicos(0n)),
    ]);
    expect(Object.fromEntries(byGroup)).toEqual({ support: '1875', search: '625' });
  });

  test('another split changes who bears it and not what it comes to', async () => {
    await append(
      caseAttempt('1', { workflow: 'support', team: 'care', customer: 'acme' }),
      caseAttempt('2', { workflow: 'search', team: 'web', customer: 'acme' }),
      caseAttempt('3', { workflow: 'search' }),
    );
    const stacks = await Promise.all(
      [['workflow'], ['team'], ['customer', 'team'], ['segment'], ['day']].map((by) => stackOf(by as Dimension[])),
    );
    for (const stack of stacks) expect(sums(stack).groups).toEqual(stacks[0]?.total);
    expect(stacks.map((stack) => stack.groups.length)).toEqual([2, 3, 3, 1, 1]);
  });

  test('a run that passes several stages pays for an estimated service once', async () => {
    const visit = (id: string, run: string, stage: string) => caseAttempt(id, { workflow: 'support', run, stage });
    await append(visit('1', 'r1', 'answer'), visit('2', 'r1', 'moderate'), visit('3', 'r2', 'answer'));
    const whole = await stackOf(['workflow']);
    const service = ({ lines }: CostStack) => lines.find((line) => line.name === 'vector-search' && line.estimated);
    expect(service(whole)).toMatchObject({ quantity: 2.4, cost: usd(0.00048) });
    for (const by of [['stage'], ['workflow', 'stage'], ['stage', 'team']] as Dimension[][]) {
      const stack = await stackOf(by);
      expect(service(stack)).toMatchObject({ quantity: 2.4, cost: usd(0.00048) });
      expect(stack.total).toEqual(whole.total);
    }
  });

  test('what filters leave bears the same as without them, so that all of it sums to the whole', async () => {
    await append(
      caseAttempt('1', { workflow: 'support', team: 'care', customer: 'acme' }),
      caseAttempt('2', { workflow: 'search', team: 'web', customer: 'acme' }),
      caseAttempt('3', { workflow: 'search' }),
    );
    const whole = await stackOf(['team']);
    const parts = await Promise.all(['care', 'web', ''].map((team) => stackOf(['workflow'], march, { team: [team] })));
    expect(sumUsd(parts.map((part) => part.total))).toEqual(whole.total);
    for (const part of parts) {
      expect(sums(part)).toEqual({ lines: part.total, parts: part.total, groups: part.total });
      expect(whole.groups.map(({ total }) => total)).toContainEqual(part.total);
    }
    await ended('run_2', 5, 'nobody');
    const unrated = async (team: string) => (await stackOf(['workflow'], march, { team: [team] })).minutesWithoutRate;
    expect([await unrated('care'), await unrated('web')]).toEqual([0, 5]);
    const debt = await stackOf(['team'], march, { line: ['operationalDebt'] });
    expect(toDecimal(debt.total)).toBe('3800');
  });

  test('people’s minutes are where their run began, also by tag; those of deleted runs are in the total of every split', async () => {
    await append(
      caseAttempt('1', { workflow: 'support', tags: { region: 'eu' } }),
      caseAttempt('2', { workflow: 'support', tags: { region: 'us' } }),
      caseAttempt('3', { workflow: 'support' }),
    );
    await ended('run_1', 6, 'support-agent');
    await ended('run_2', 12, 'support-agent');
    const minutes = async (where = {}) => {
      const { groups, lines, total } = await stackOf(['tag.region' as Dimension], march, where);
      const parts = lines.find(({ line }) => line === 'human')?.parts ?? [];
      const named = groups.map(({ dimensions }, index) => [
        dimensions['tag.region'],
        toDecimal(parts[index] ?? usd(0)),
      ]);
      return { total, human: Object.fromEntries(named) };
    };
    expect((await minutes()).human).toEqual({ eu: '3.8', us: '7.6', null: '0' });
    expect((await minutes({ 'tag.region': ['us'] })).human).toEqual({ us: '7.6' });
    await ledger.applyRetention({ keepAttemptsMs: 86_400_000 }, caseStartMs + 10 * 86_400_000);
    const { total, human } = await minutes();
    expect(human).toEqual({ null: '11.4' });
    expect(total).toEqual((await stackOf(['workflow'])).total);
  });

  test('minutes of more groups than the ledger tells apart are in the total', async () => {
    await append(...['1', '2', '3'].map((id) => caseAttempt(id, { workflow: 'support', user: `u${id}` })));
    for (const id of ['1', '2', '3']) await ended(`run_${id}`, 6, 'support-agent');
    const first = (rows: readonly unknown[]) => rows.slice(0, 1);
    const cut = Object.assign(Object.create(ledger) as Ledger, {
      endings: async (query: never, groupings: never[]) =>
        (await ledger.endings(query, groupings)).map((rows, at) => (at === 0 ? first(rows) : rows)),
    });
    const question = { range: march, by: ['user'] as const, timeZone: 'UTC' };
    const { total, lines } = await readCostStack(cut, question, configured(file));
    expect(lines.find(({ line }) => line === 'human')?.quantity).toBe(18);
    expect(total).toEqual((await stackOf(['workflow'])).total);
  });

  test('a range without a call still costs what is paid by the month', async () => {
    const stack = await stackOf(['team'], fifthOfMarch);
    expect(stack.groups).toHaveLength(1);
    expect(toDecimal(stack.lines.find(({ line }) => line === 'operationalDebt')?.cost ?? usd(0))).toBe('760');
    expect(sums(stack).groups).toEqual(stack.total);
  });
});

const label = fc.constantFrom('a', 'b', 'c', null);
const arbitraryRow = fc.record({
  dimensions: fc.record({ workflow: fc.constantFrom('support', 'search', null), team: label }),
  cost: fc.bigInt({ min: 0n, max: 10n ** 15n }).map(fromPicos),
  calls: fc.nat(10_000),
  inputTokens: fc.nat(1_000_000),
});
/** Hundredths of minutes, as people state them, of runs (endings) or reviews. */
const arbitraryMinutes = fc.record({
  dimensions: fc.record({ workflow: fc.constantFrom('support', 'search', null), team: label }),
  role: fc.constantFrom('support-agent', 'engineer', 'nobody', null),
  minutes: fc.nat(100_000).map((hundredths) => hundredths / 100),
  review: fc.boolean(),
});

interface Person {
  readonly dimensions: Record<string, string | null>;
  readonly role: string | null;
  readonly minutes: number;
  readonly review: boolean;
}

function withPeople(facts: StackFacts, people: readonly Person[]): StackFacts {
  const endings = people.filter(({ review }) => !review).map((row) => ({ ...row, humanMinutes: row.minutes }));
  return {
    ...facts,
    endings: endings as unknown as StackFacts['endings'],
    work: people.filter(({ review }) => review) as unknown as StackFacts['work'],
    runs: new Map([['support', people.length]]),
  };
}

function factsOf(rows: readonly { dimensions: Record<string, string | null>; cost: CostRow['cost'] }[]): StackFacts {
  const zero = { runs: 1, interactions: 0, attempts: 1, cacheReadTokens: 0, outputTokens: 0 };
  const full = rows.map((row) => ({
    ...{ ...zero, calls: 1, inputTokens: 1, unknownPriceAttempts: 0, estimatedAttempts: 0 },
    ...row,
  }));
  const total = { ...full[0], dimensions: {}, cost: sumUsd(full.map((row) => row.cost)) } as CostRow;
  return {
    dimensions: ['workflow', 'team'],
    groups: full,
    total: { ...total, calls: full.reduce((sum, row) => sum + row.calls, 0), inputTokens: 7, outputTokens: 0 },
    lines: full.map((row) => ({ ...row, dimensions: { ...row.dimensions, line: 'inference' } })),
    linesTotal: sumUsd(full.map((row) => row.cost)),
    endings: [],
    work: [],
    runs: new Map(),
    traffic: [],
    retries: [],
    unlisted: {},
    held: new Map(),
    pieces: new Map(),
  };
}

describe('allocation', () => {
  const config = configured(file);
  const question = { range: march, by: ['team'], timeZone: 'UTC' } as const;

  const people = fc.array(arbitraryMinutes, { maxLength: 12 });

  test('sums to the picodollar, whatever the traffic and whoever worked on it', () => {
    fc.assert(
      fc.property(fc.array(arbitraryRow, { minLength: 1, maxLength: 12 }), people, (rows, worked) => {
        const stack = buildCostStack(withPeople(factsOf(rows), worked), question, config);
        expect(sums(stack)).toEqual({ lines: stack.total, parts: stack.total, groups: stack.total });
        for (const line of stack.lines) expect(sumUsd(line.parts)).toEqual(line.cost);
      }),
    );
  });

  test('shuffled labels keep the total', () => {
    const rows = fc.array(arbitraryRow, { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(rows, people, fc.array(label, { minLength: 12, maxLength: 12 }), (traffic, worked, labels) => {
        const shuffled = <Row extends { dimensions: Record<string, string | null> }>(all: readonly Row[]): Row[] =>
          all.map((row, index) => ({ ...row, dimensions: { ...row.dimensions, team: labels[index] ?? null } }));
        const before = buildCostStack(withPeople(factsOf(traffic), worked), question, config);
        const after = buildCostStack(withPeople(factsOf(shuffled(traffic)), shuffled(worked)), question, config);
        expect(after.total).toEqual(before.total);
      }),
    );
  });

  test('and change the split', () => {
    const row = (team: string, cents: bigint) => ({
      dimensions: { workflow: 'support', team },
      cost: fromPicos(cents * 10n ** 10n),
    });
    const before = buildCostStack(factsOf([row('a', 10n), row('b', 90n)]), question, config);
    const after = buildCostStack(factsOf([row('b', 10n), row('a', 90n)]), question, config);
    expect(after.total).toEqual(before.total);
    expect(before.groups[0]?.dimensions.team).toBe('b');
    expect(after.groups[0]?.dimensions.team).toBe('a');
  });
});
