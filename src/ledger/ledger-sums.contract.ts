import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseAttempt, caseStartMs } from '../../test/cases/attempts.ts';
import { sumUsd, usd } from '../money/index.ts';
import {
  type Attempt,
  type CostLine,
  inputBuckets,
  inputTokensOf,
  outputBuckets,
  outputTokensOf,
} from '../tree/index.ts';
import type { CostQuery, CostRow, Dimension } from './ledger.ts';
import { cost, type LedgerUnderTest, useLedger } from './ledger-under-test.contract.ts';

const hourMs = 3_600_000;
const spanMs = 5 * 24 * hourMs;

const drawnAttempt = fc.record({
  workflow: fc.constantFrom('support', 'sales'),
  stage: fc.constantFrom('classify', 'answer'),
  customer: fc.constantFrom('acme', 'zeta'),
  user: fc.constantFrom('u1', 'u2', 'u3'),
  reason: fc.constantFrom<Attempt['reason']>('first', 'retry'),
  run: fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5'),
  usage: fc.constantFrom<Attempt['usage']>({ input: 10, output: 3 }, { input: 7, cacheRead: 5, output: 1 }),
  failure: fc.constantFrom<Attempt['failure']>(null, null, 'timeout', 'rate_limited'),
  durationMs: fc.integer({ min: 1, max: 60_000 }),
  requestBytes: fc.nat(10_000),
  offsetMs: fc.nat(spanMs),
});

/** 150 attempts over five days, in the order they were drawn, which is not the order they began. */
function drawnAttempts(): Attempt[] {
  return fc
    .sample(drawnAttempt, { numRuns: 150, seed: 11 })
    .map(({ offsetMs, ...fields }, index) =>
      caseAttempt(`${index}`, { ...fields, startedAtMs: caseStartMs + offsetMs }),
    );
}

function drawnRanges(): { readonly fromMs: number; readonly toMs: number }[] {
  const pairs = fc.sample(fc.tuple(fc.nat(spanMs), fc.nat(spanMs)), { numRuns: 7, seed: 5 });
  return [[0, spanMs + 1] as const, ...pairs].map(([a, b]) => ({
    fromMs: caseStartMs + Math.min(a, b),
    toMs: caseStartMs + Math.max(a, b),
  }));
}

const count = (attempts: readonly Attempt[], counts: (attempt: Attempt) => boolean) => attempts.filter(counts).length;
const total = (attempts: readonly Attempt[], amount: (attempt: Attempt) => number) =>
  attempts.reduce((sum, attempt) => sum + amount(attempt), 0);

/** The nearest rank, which bins tell within 1 %. */
function quantile(attempts: readonly Attempt[], share: number): number {
  const sorted = attempts.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

/** A day in Kolkata, where days begin at half past an hour. */
const dayInKolkata = ({ startedAtMs }: Attempt) => new Date(startedAtMs + 5.5 * hourMs).toISOString().slice(0, 10);

/** Lines as they come, of another kind too, without those of a bucket, none, and of tokens that are no line's. */
function withLines(attempt: Attempt, which: number): Attempt {
  const [first, ...others] = attempt.lines;
  if (which === 0 || first === undefined) return attempt;
  const lines = {
    1: [{ ...first, line: 'retrieval' as const }, ...others],
    2: others,
    3: [],
    4: [first, ...others, { ...first, bucket: 'reasoning' as const }],
  }[which as 1 | 2 | 3 | 4];
  return { ...attempt, lines, cost: which === 3 ? null : sumUsd(lines.map((line) => line.cost)) };
}

const kindOf = (line: CostLine, { reason }: Attempt) =>
  line.line === 'inference' && reason === 'retry' ? 'retries' : line.line;
const kindsOf = (attempt: Attempt) => new Set(attempt.lines.map((line) => kindOf(line, attempt)));

/** What each workflow's attempts cost and count by line, worked out from the attempts. */
function linesOf(attempts: readonly Attempt[], wanted: readonly string[] | undefined) {
  const found = new Map<string, { cost: bigint; attempts: number; inputTokens: number; outputTokens: number }>();
  for (const attempt of attempts) {
    const kinds: (string | null)[] = attempt.lines.length === 0 ? [null] : [...kindsOf(attempt)];
    for (const kind of kinds.filter((each) => wanted === undefined || (each !== null && wanted.includes(each)))) {
      const key = JSON.stringify([attempt.workflow, kind]);
      const sums = found.get(key) ?? { cost: 0n, attempts: 0, inputTokens: 0, outputTokens: 0 };
      found.set(key, sums);
      const lines = attempt.lines.filter((line) => kindOf(line, attempt) === kind);
      const tokens = (buckets: readonly string[]) =>
        lines.reduce((sum, { bucket, quantity }) => sum + (buckets.includes(bucket) ? quantity : 0), 0);
      sums.cost += lines.reduce((sum, line) => sum + line.cost.picos, 0n);
      sums.attempts += 1;
      sums.inputTokens += kind === null ? inputTokensOf(attempt.usage) : tokens(inputBuckets);
      sums.outputTokens += kind === null ? outputTokensOf(attempt.usage) : tokens(outputBuckets);
    }
  }
  const keyed = [...found].map(([key, sums]) => ({ key: JSON.parse(key) as (string | null)[], ...sums }));
  return keyed.sort((a, b) => (orderOf(a.key) < orderOf(b.key) ? -1 : 1));
}

const mondayOf = (ms: number) => {
  const day = new Date(ms);
  return new Date(ms - ((day.getUTCDay() + 6) % 7) * 24 * hourMs).toISOString().slice(0, 10);
};

/** A null comes after every value. */
const orderOf = (key: readonly (string | null)[]) => key.map((value) => value ?? '\uffff').join(' ');

function figures({ dimensions, cost: { picos }, attempts, inputTokens, outputTokens }: CostRow) {
  return { key: [dimensions.workflow, dimensions.line], cost: picos, attempts, inputTokens, outputTokens };
}

const groupings: readonly Dimension[][] = [
  [],
  ['stage'],
  ['hour'],
  ['day', 'customer'],
  ['user'],
  ['line'],
  ['bucket', 'workflow'],
  ['run'],
];

/** What every engine promises about sums kept ready: they are what the attempts say, whatever the range cuts and whenever rows come. */
export function sumsContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`ledger sums: ${name}`, () => {
    const under = useLedger(open);

    test('any range and grouping gives what single attempts give, early, late and cut', async () => {
      const attempts = drawnAttempts();
      for (let at = 0; at < attempts.length; at += 30) await under.append(...attempts.slice(at, at + 30));
      for (const range of drawnRanges()) {
        const inRange = attempts.filter(({ startedAtMs: ms }) => ms >= range.fromMs && ms < range.toMs);
        for (const by of groupings) {
          const { rows, total } = await under.costs(by, { range, limit: 1_000 });
          const about = `${by.join()} of ${range.fromMs} to ${range.toMs}`;
          expect(total.cost, about).toEqual(cost(inRange));
          expect(total.attempts, about).toBe(inRange.length);
          const tokens = rows.reduce((sum, row) => sum + row.inputTokens + row.outputTokens, 0);
          expect(tokens, about).toBe(
            inRange.reduce((sum, { usage }) => sum + inputTokensOf(usage) + outputTokensOf(usage), 0),
          );
          if (by.includes('bucket')) continue;
          expect(
            rows.reduce((sum, row) => sum + row.attempts, 0),
            about,
          ).toBe(inRange.length);
        }
      }
    });

    test('traffic, latency, users and days of any zone are what attempts say, before and after they are deleted', async () => {
      const attempts = drawnAttempts();
      for (let at = 0; at < attempts.length; at += 30) await under.append(...attempts.slice(at, at + 30));
      for (const range of drawnRanges().slice(0, 4)) {
        const own = attempts.filter(({ startedAtMs: ms }) => ms >= range.fromMs && ms < range.toMs);
        const query = { range, where: {}, by: [] };
        const [traffic] = await under.ledger.traffic(query);
        expect(traffic).toMatchObject({
          attempts: own.length,
          cost: cost(own),
          failedAttempts: count(own, ({ failure }) => failure !== null),
          requestBytes: total(own, ({ requestBytes }) => requestBytes),
          parts: { retrieval: total(own, ({ partTokens }) => partTokens?.retrieval ?? 0) },
        });
        const [performance] = await under.ledger.performance(query);
        expect(performance).toMatchObject({
          furtherAttempts: count(own, ({ reason }) => reason !== 'first'),
          rateLimitedAttempts: count(own, ({ failure }) => failure === 'rate_limited'),
        });
        for (const [name, share] of [
          ['p50', 0.5],
          ['p95', 0.95],
          ['p99', 0.99],
        ] as const) {
          const exact = quantile(own, share);
          expect(Math.abs((performance?.durationMs?.[name] ?? 0) / exact - 1), `${name} of ${exact}`).toBeLessThan(
            0.0101,
          );
        }
        const [[users] = []] = await under.ledger.users(query, [[]]);
        expect(users?.users).toBe(new Set(own.map(({ user }) => user)).size);
        const days = await under.costs(['day'], { range, timeZone: 'Asia/Kolkata', orderBy: 'dimensions' });
        const names = [...new Set(own.map(dayInKolkata))].sort();
        expect(days.rows.map((row) => [row.dimensions.day, row.attempts, row.cost])).toEqual(
          names.map((day) => {
            const of = own.filter((attempt) => dayInKolkata(attempt) === day);
            return [day, of.length, cost(of)];
          }),
        );
      }
      const whole = { range: { fromMs: caseStartMs - 24 * hourMs, toMs: caseStartMs + 2 * spanMs }, where: {}, by: [] };
      const ask = () =>
        Promise.all([
          under.ledger.traffic(whole),
          under.ledger.performance(whole),
          under.ledger.users(whole, [[], ['customer', 'day']]),
        ]);
      const before = await ask();
      await under.ledger.applyRetention({ keepAttemptsMs: 24 * hourMs }, caseStartMs + 2 * spanMs);
      expect(await ask()).toEqual(before);
      const late = caseAttempt('late', { workflow: 'sales', failure: 'timeout', startedAtMs: caseStartMs });
      await under.append(late);
      const [traffic] = await under.ledger.traffic(whole);
      expect(traffic?.cost).toEqual(cost([...attempts, late]));
    });

    test('lines of one kind and of several are told apart alike, whether an attempt is what its lines say or not', async () => {
      const attempts = drawnAttempts().map((attempt, index) => withLines(attempt, index % 5));
      for (let at = 0; at < attempts.length; at += 50) await under.append(...attempts.slice(at, at + 50));
      for (const range of drawnRanges().slice(0, 4)) {
        const own = attempts.filter(({ startedAtMs: ms }) => ms >= range.fromMs && ms < range.toMs);
        for (const where of [{}, { line: ['inference'] }, { line: ['retrieval', 'retries'] }]) {
          const { rows, total } = await under.costs(['workflow', 'line'], { range, where, orderBy: 'dimensions' });
          expect(rows.map(figures), JSON.stringify([range, where])).toEqual(linesOf(own, where.line));
          const counted = own.filter(
            (attempt) => where.line === undefined || [...kindsOf(attempt)].some((kind) => where.line.includes(kind)),
          );
          expect(total.attempts).toBe(counted.length);
        }
      }
    });

    test('the dearest of very many are added up whole, and what is left out is counted; deleted ones are nobody', async () => {
      const attempts = drawnAttempts().map((attempt, index) => ({
        ...attempt,
        ...(index % 9 === 0 ? {} : { session: `s${index % 31}`, interaction: `i${index % 53}` }),
        tags: { kind: `k${index % 3}` },
        cost: usd(`0.${1_000 + ((index * 37) % 997)}`),
      }));
      for (let at = 0; at < attempts.length; at += 30) await under.append(...attempts.slice(at, at + 30));
      const check = async (name: 'session' | 'interaction' | 'run' | 'tag.kind', range: CostQuery['range']) => {
        const own = attempts.filter(({ startedAtMs: ms }) => ms >= range.fromMs && ms < range.toMs);
        const of = (attempt: (typeof own)[number]) => (name === 'tag.kind' ? attempt.tags.kind : attempt[name]) ?? null;
        const meant = [...new Set(own.map(of))]
          .map((value) => ({ value, of: own.filter((attempt) => of(attempt) === value) }))
          .map((group) => ({ value: group.value, cost: cost(group.of), attempts: group.of.length }))
          .sort((a, b) => (a.cost.picos > b.cost.picos ? -1 : 1));
        const { rows, total, rowsLeftOut } = await under.costs([name], { range, limit: 4 });
        const shown = rows.map((row) => ({ value: row.dimensions[name], cost: row.cost, attempts: row.attempts }));
        expect(shown, `${name} of ${range.fromMs} to ${range.toMs}`).toEqual(meant.slice(0, 4));
        expect([total.cost, total.attempts]).toEqual([cost(own), own.length]);
        expect(rowsLeftOut).toBe(Math.max(0, meant.length - 4));
      };
      const { rows: both } = await under.costs(['session', 'tag.kind'], { limit: 1_000 });
      const pairs = new Set(
        attempts.map((attempt) => `${'session' in attempt ? attempt.session : null} ${attempt.tags.kind}`),
      );
      expect(new Set(both.map(({ dimensions }) => `${dimensions.session} ${dimensions['tag.kind']}`))).toEqual(pairs);
      for (const range of drawnRanges().slice(0, 4))
        for (const name of ['session', 'interaction', 'run', 'tag.kind'] as const) await check(name, range);
      await under.ledger.applyRetention({ keepAttemptsMs: 24 * hourMs }, caseStartMs + 2 * spanMs);
      const { rows, total } = await under.costs(['session']);
      expect(rows.map((row) => [row.dimensions.session, row.cost])).toEqual([[null, total.cost]]);
      expect(total.cost).toEqual(cost(attempts));
    });

    test('several groupings of one question are answered as each alone, whether they are read together or not', async () => {
      const attempts = drawnAttempts().map((attempt, index) => withLines(attempt, index % 5));
      for (let at = 0; at < attempts.length; at += 50) await under.append(...attempts.slice(at, at + 50));
      const plain: Dimension[][] = [
        ['workflow'],
        [],
        ['workflow', 'stage'],
        ['day', 'workflow'],
        ['customer'],
        ['run'],
        ['user'],
      ];
      const lined: Dimension[][] = [
        ['line'],
        ['workflow', 'line'],
        ['line', 'stage'],
        ['customer', 'line'],
        ['bucket'],
      ];
      for (const range of drawnRanges().slice(0, 3)) {
        for (const [groupings, total] of [
          [plain, undefined],
          [lined, 'rows'],
          [lined, undefined],
        ] as const) {
          const query = {
            range,
            where: { workflow: ['sales'] },
            limit: 3,
            timeZone: 'Asia/Kolkata',
            ...(total && { total }),
          };
          const answers = await under.ledger.costsBy(query, groupings);
          const alone = await Promise.all(groupings.map((by) => under.ledger.costs({ ...query, by })));
          expect(answers).toEqual(alone);
        }
      }
      expect(await under.ledger.costsBy({ range: drawnRanges()[0] as never, where: {} }, [])).toEqual([]);
    });

    test('a total counted with every row costs what one of attempts does', async () => {
      const attempts = drawnAttempts().map((attempt, index) => withLines(attempt, index % 5));
      for (let at = 0; at < attempts.length; at += 50) await under.append(...attempts.slice(at, at + 50));
      for (const where of [{}, { workflow: ['sales'] }, { line: ['retries'] }]) {
        const { total } = await under.costs(['workflow', 'line'], { where });
        const quick = await under.costs(['workflow', 'line'], { where, total: 'rows', limit: 1 });
        expect(quick.total.cost).toEqual(total.cost);
        expect(quick.total.attempts).toBeGreaterThanOrEqual(total.attempts);
      }
    });

    test('users of weeks that are over are what attempts say, late ones too, and when sums are deleted', async () => {
      const place = (index: number) => caseStartMs + ((index * 7_919) % 600) * 2 * hourMs;
      const attempts = Array.from({ length: 240 }, (_, index) =>
        caseAttempt(`${index}`, { user: `u${index % 7}`, plan: `p${index % 2}`, startedAtMs: place(index) }),
      );
      const early = attempts.filter((_, index) => index % 6 !== 0);
      const late = attempts.filter((_, index) => index % 6 === 0);
      const byTime = early.toSorted((a, b) => a.startedAtMs - b.startedAtMs);
      for (let at = 0; at < byTime.length; at += 40) await under.append(...byTime.slice(at, at + 40));
      await under.append(...late);
      const check = async (range: CostQuery['range']) => {
        const own = attempts.filter(({ startedAtMs: ms }) => ms >= range.fromMs && ms < range.toMs);
        const { rows, total } = await under.costs(['user', 'week'], { range });
        expect([total.attempts, total.cost]).toEqual([own.length, cost(own)]);
        const keys = new Set(own.map(({ user, startedAtMs: ms }) => `${user} ${mondayOf(ms)}`));
        expect(new Set(rows.map(({ dimensions: { user, week } }) => `${user} ${week}`))).toEqual(keys);
        const [everybody, byPlan = []] = await under.ledger.users({ range, where: {} }, [[], ['plan']]);
        expect(everybody?.[0]?.users).toBe(new Set(own.map(({ user }) => user)).size);
        for (const { dimensions, users } of byPlan)
          expect(users).toBe(new Set(own.filter(({ plan }) => plan === dimensions.plan).map(({ user }) => user)).size);
      };
      const endMs = caseStartMs + 60 * 24 * hourMs;
      const ranges = [0, 3.5, 9, 13.7].flatMap((from) => [16, 29.3, 50].map((to) => [from, to] as const));
      const rangeOf = ([from, to]: readonly [number, number]) => ({
        fromMs: caseStartMs + from * 24 * hourMs,
        toMs: caseStartMs + to * 24 * hourMs,
      });
      for (const each of ranges) await check(rangeOf(each));
      const keep = (days: number) => endMs - caseStartMs - days * 24 * hourMs;
      await under.ledger.applyRetention({ keepAttemptsMs: keep(30), keepAggregatesMs: keep(10) }, endMs);
      const firstKeptMs = Math.floor((caseStartMs + 10 * 24 * hourMs) / (24 * hourMs)) * 24 * hourMs;
      for (const toMs of [firstKeptMs + 24 * hourMs * 9, endMs]) await check({ fromMs: firstKeptMs, toMs });
    });

    test('runs add up over groups, and over stages count in each', async () => {
      const place = (id: string, stage: string, run: string, offsetMs: number) =>
        caseAttempt(id, { workflow: 'w', stage, run, startedAtMs: caseStartMs + offsetMs });
      await under.append(
        place('1', 'a', 'r1', 0),
        place('2', 'b', 'r1', 2 * hourMs),
        place('3', 'a', 'r2', 4 * hourMs),
      );
      await under.append(place('4', 'b', 'r2', 9 * hourMs), place('5', 'b', 'r2', 10 * hourMs));
      const runs = async (by: Dimension[]) =>
        (await under.costs(by, { orderBy: 'dimensions' })).rows.map((row) => row.runs);
      expect(await runs([])).toEqual([2]);
      expect(await runs(['day'])).toEqual([2]);
      expect(await runs(['stage'])).toEqual([2, 2]);
    });
  });
}
