import type { ApiPorts } from '../../src/api/index.ts';
import { openIdentify } from '../../src/api/roles.ts';
import { idSource, manualClock } from '../../src/base/index.ts';
import { defaultConfig } from '../../src/config/index.ts';
import { fakeBooks } from './fake-books.ts';
import { noForecasts } from './fake-forecaster.ts';
import { fakeLedger } from './fake-ledger.ts';

/** What the API says of itself in tests. */
export const plainInstance: ApiPorts['instance'] = {
  ...{ version: '1.2.3', startedAtMs: 0, timeZone: 'UTC', url: 'http://127.0.0.1:4700', simulated: false },
  ...{ access: 'open', signIn: false, providers: [], workflows: [], features: {} },
};

/** Ports of an API that has nothing behind it and asks nobody to sign in; a test gives what it is about. */
export function plainPorts(changes: Partial<ApiPorts> = {}): ApiPorts {
  const clock = changes.clock ?? manualClock(0);
  return {
    ...{ clock, ids: idSource(clock), ledger: fakeLedger(), books: fakeBooks(), config: defaultConfig({}) },
    reloadConfig: async () => ({ changed: [], restartNeeded: [], workers: { told: 1, of: 1 } }),
    ...{ heldMoney: async () => [], forecasts: noForecasts },
    ...{ instance: plainInstance, identify: openIdentify, openSession: async () => null, readiness: [] },
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'burnrate_up 1\n' }),
    ...{ assets: new Map(), log: () => undefined },
    ...changes,
  };
}
