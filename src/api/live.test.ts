import { expect, test } from 'vitest';
import { anAttempt } from '../../test/fakes/attempt.ts';
import { fakeLedger } from '../../test/fakes/fake-ledger.ts';
import { type LiveSubscription, liveHub } from './live-hub.ts';
import { apiLimits } from './ports.ts';

const quiet = () => undefined;
const nextSoon = (seat: LiveSubscription) => seat.next(5_000);

test('a subscriber hears the newest state once, and then each change', async () => {
  const ledger = fakeLedger();
  const hub = liveHub({ ledger, log: quiet }, 1);
  const seat = hub.join() as LiveSubscription;
  expect(await nextSoon(seat)).toMatchObject({ version: 0, attempts: 0 });
  expect(await seat.next(5)).toBeNull();
  ledger.attempts.push(anAttempt(), anAttempt());
  expect(await nextSoon(seat)).toMatchObject({ version: 2, attempts: 2 });
  hub.close();
  expect(await nextSoon(seat)).toBeNull();
  expect(seat.closed).toBe(true);
});

test('a ledger that is away is told once, and its return too, though nothing was appended', async () => {
  const ledger = fakeLedger([anAttempt()]);
  ledger.failure = new Error('restarting');
  const said: string[] = [];
  const hub = liveHub({ ledger, log: (event) => said.push(event) }, 1);
  const seat = hub.join() as LiveSubscription;
  expect(await nextSoon(seat)).toBe('away');
  ledger.failure = null;
  expect(await nextSoon(seat)).toMatchObject({ attempts: 1 });
  ledger.failure = new Error('restarting again');
  expect(await nextSoon(seat)).toBe('away');
  ledger.failure = null;
  expect(await nextSoon(seat)).toMatchObject({ attempts: 1 });
  expect(said).toContain('live_pulse_failed');
  hub.close();
});

test('a ledger that hangs is away, not live', async () => {
  const ledger = { pulse: () => new Promise<never>(() => undefined) };
  const hub = liveHub({ ledger: { ...fakeLedger(), ...ledger }, log: quiet }, 1, 1);
  expect(await nextSoon(hub.join() as LiveSubscription)).toBe('away');
  hub.close();
});

test('places are limited and given back', () => {
  const hub = liveHub({ ledger: fakeLedger(), log: quiet }, 1);
  const seats = Array.from({ length: apiLimits.liveSubscribersMax }, () => hub.join());
  expect(hub.join()).toBeNull();
  seats[0]?.leave();
  expect(hub.join()).not.toBeNull();
  hub.close();
});
