import { describe, expect, test } from 'vitest';
import { AssertionFailure, assert, BurnrateError, errorCodes, idSource, manualClock, seededRandom } from './index.ts';

describe('ids', () => {
  test('are unique and sort by the time they were made', () => {
    const clock = manualClock(1_700_000_000_000);
    const ids = idSource(clock);
    const made: string[] = [];
    for (let i = 0; i < 5_000; i++) {
      made.push(ids.next('att'));
      clock.advance(1);
    }
    expect(new Set(made).size).toBe(made.length);
    expect([...made].sort()).toEqual(made);
    expect(made.every((id) => /^att_[0-9a-z]{26}$/.test(id))).toBe(true);
  });

  test('of one millisecond differ', () => {
    const ids = idSource(manualClock(1));
    expect(new Set(Array.from({ length: 1_000 }, () => ids.next('c'))).size).toBe(1_000);
  });
});

describe('random', () => {
  test('the same seed gives the same numbers, another seed others', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 20 }, () => random.next());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test('neighbouring seeds start far apart', () => {
    const firsts = Array.from({ length: 200 }, (_, seed) => seededRandom(seed).next());
    const steps = firsts.slice(1).map((first, i) => Math.abs(first - (firsts[i] ?? 0)));
    // Independent uniforms differ by a third on average; the standard error over 199 steps is 0.017.
    expect(Math.abs(steps.reduce((a, b) => a + b, 0) / steps.length - 1 / 3)).toBeLessThan(0.085);
  });

  test('numbers are uniform in [0, 1)', () => {
    const random = seededRandom(42);
    const numbers = Array.from({ length: 100_000 }, () => random.next());
    const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
    expect(Math.min(...numbers.slice(0, 50_000))).toBeGreaterThanOrEqual(0);
    expect(numbers.every((n) => n < 1)).toBe(true);
    // Standard error of the mean of 100,000 uniforms is 0.0009; five of them.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.0046);
  });
});

describe('clock', () => {
  test('a step of wall time leaves monotonic time alone', () => {
    const clock = manualClock(1_000);
    clock.advance(50);
    clock.stepWall(-500);
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual([550, 50]);
  });
});

describe('errors', () => {
  test('carry status, remedy and cause of their code', () => {
    const cause = new Error('ENOSPC');
    const error = new BurnrateError('journal_unavailable', { message: 'cannot write', cause, retryAfterMs: 500 });
    expect([error.status, error.retryAfterMs, error.cause]).toEqual([503, 500, cause]);
    expect(error.remedy).toContain('free space');
  });

  test.each(Object.entries(errorCodes))('%s has an HTTP status and a remedy that is a sentence', (_code, meaning) => {
    expect(meaning.status).toBeGreaterThanOrEqual(400);
    expect(meaning.remedy).toMatch(/^[A-Z].+\.$/);
  });

  test('a failed assertion is not an operational error', () => {
    expect(() => assert(false, 'never')).toThrow(AssertionFailure);
  });
});
