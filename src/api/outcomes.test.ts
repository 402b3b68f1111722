import { describe, expect, test } from 'vitest';
import { fakeApi, refusal } from '../../test/cases/fake-api.ts';
import { recordedOutcomeSchema } from './schemas-outcomes.ts';

const on = fakeApi();

describe('outcomes', () => {
  const outcome = { id: 'o1', run: 'run_1', outcome: 'success', valueUsd: '4.50', at: '2026-03-01T10:00:00+02:00' };
  const record = async (body: unknown) =>
    recordedOutcomeSchema.parse(await (await on.post('/api/outcomes', body)).json());

  test('is recorded once, whatever is repeated, and audited once', async () => {
    const first = await record(outcome);
    expect(first).toMatchObject({ repeated: false, runKnown: true });
    expect(first.outcome).toMatchObject({ valueUsd: '4.5', at: '2026-03-01T08:00:00.000Z' });
    expect(await record(outcome)).toMatchObject({ repeated: true });
    expect(on.opened.books.entries).toMatchObject([{ action: 'outcome.record', subject: 'o1', actor: 'local' }]);
  });

  test('repeated later without a time it is still the same outcome', async () => {
    await record({ id: 'o2', run: 'r', outcome: 'escalated' });
    on.opened.clock.advance(60_000);
    expect(await record({ id: 'o2', run: 'r', outcome: 'escalated' })).toMatchObject({ repeated: true });
    expect(await refusal(on.post('/api/outcomes', { id: 'o2', run: 'r', outcome: 'failed' }))).toMatchObject({
      status: 409,
      code: 'outcome_conflict',
    });
  });

  test('an unknown run, and one long past, are accepted', async () => {
    expect(await record({ run: 'unknown', outcome: 'abandoned', at: '2001-01-01T00:00:00Z' })).toMatchObject({
      runKnown: false,
    });
  });

  test.each([
    [{ valueUsd: 0.1 }, '0.1'],
    [{ valueUsd: 1e-7 }, '0.0000001'],
    [{ valueUsd: '0.000000000001' }, '0.000000000001'],
    [{ valueUsd: 123456789012345e-10 }, '12345.6789012345'],
  ])('%j is read exactly', async (fields, valueUsd) => {
    expect((await record({ run: 'r', outcome: 'success', ...fields })).outcome.valueUsd).toBe(valueUsd);
  });

  test.each([
    [{ run: undefined }, 'run'],
    [{ run: '' }, 'run'],
    [{ outcome: 'great' }, 'outcome'],
    [{ valueUsd: 'four' }, 'valueUsd'],
    [{ valueUsd: -1 }, 'valueUsd'],
    [{ valueUsd: 1 / 3 }, 'valueUsd'],
    [{ valueUsd: '1000001' }, 'valueUsd'],
    [{ humanMinutes: -1 }, 'humanMinutes'],
    [{ csat: 101 }, 'csat'],
    [{ at: 'now' }, 'at'],
    [{ at: '2026-03-01T12:05:00.001Z' }, 'at'],
    [{ valuUsd: 1 }, 'valuUsd'],
  ])('%j is refused, naming %s', async (fields, field) => {
    const error = await refusal(on.post('/api/outcomes', { run: 'r', outcome: 'success', ...fields }));
    expect(error).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(error.fields.map((each) => each.field)).toContain(field);
  });

  test('five minutes of clock skew are borne', async () => {
    expect(await record({ run: 'r', outcome: 'success', at: '2026-03-01T12:05:00Z' })).toMatchObject({
      repeated: false,
    });
  });
});
