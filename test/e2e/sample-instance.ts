import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { build } from 'vite';
import { createApi, loadAssets, openIdentify, tokenSignIn } from '../../src/api/index.ts';
import { BurnrateError, idSource, systemClock } from '../../src/base/index.ts';
import { defaultConfig } from '../../src/config/index.ts';
import { openDuckDbLedger } from '../../src/ledger/duckdb/index.ts';
import type { Ledger } from '../../src/ledger/index.ts';
import { fakeBooks } from '../fakes/fake-books.ts';
import { noForecasts } from '../fakes/fake-forecaster.ts';
import type { SampleTraffic } from './sample-traffic.ts';
import { repository } from './stack.ts';

/** The control plane with its real ledger and the built dashboard, in this process, filled with what a test gives it. */
export interface SampleInstance {
  readonly origin: string;
  record(traffic: SampleTraffic): Promise<void>;
  /** From now on the ledger answers nothing, as while it restarts. */
  breakLedger(broken: boolean): void;
  close(): Promise<void>;
}

/** With an `adminToken` browsers must sign in. */
export async function startSampleInstance(simulated: boolean, adminToken?: string): Promise<SampleInstance> {
  const folder = mkdtempSync(join(tmpdir(), 'burnrate-dashboard-'));
  const ledger = await openDuckDbLedger({ file: join(folder, 'ledger.duckdb'), clock: systemClock });
  const state = { broken: false, sequence: 0 };
  const api = createApi({
    ...plainPorts(simulated, adminToken),
    ledger: breakable(ledger, state),
    assets: await loadAssets(await builtDashboard()),
  });
  const server = serve({ fetch: api.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise((ready) => (server.listening ? ready(null) : server.once('listening', ready)));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async record({ attempts, outcomes }) {
      state.sequence += attempts.length;
      await ledger.append({ journalId: 'sample', lastSequence: state.sequence, attempts });
      for (const outcome of outcomes) await ledger.recordOutcome(outcome);
    },
    breakLedger(broken) {
      state.broken = broken;
    },
    async close() {
      api.close();
      await new Promise((closed) => server.close(closed));
      await ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function plainPorts(simulated: boolean, adminToken: string | undefined) {
  const signIn = adminToken === undefined ? null : tokenSignIn(adminToken, 'sample-secret', systemClock);
  return {
    clock: systemClock,
    ids: idSource(systemClock),
    books: fakeBooks(),
    config: defaultConfig({}),
    heldMoney: async () => [],
    refusedCalls: async () => [],
    forecasts: noForecasts,
    instance: {
      version: '0.0.0-test',
      startedAtMs: systemClock.nowMs(),
      timeZone: 'UTC',
      url: 'http://127.0.0.1:4700',
      simulated,
      access: 'open',
      signIn: signIn !== null,
      providers: [{ name: 'openai', kind: 'openai' }],
      workflows: [],
      features: {},
    },
    identify: signIn?.identify ?? openIdentify,
    openSession: signIn?.openSession ?? (() => null),
    readiness: [],
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
    log: () => undefined,
  } as const;
}

function breakable(ledger: Ledger, state: { readonly broken: boolean }): Ledger {
  return new Proxy(ledger, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (!state.broken) return value.bind(target);
      return async () => {
        throw new BurnrateError('ledger_unavailable', { message: 'The ledger is restarting.', retryAfterMs: 500 });
      };
    },
  });
}

/** `npm test` builds before it runs; a single test file run by hand builds what is missing. */
async function builtDashboard(): Promise<string> {
  const folder = join(repository, 'web', 'dist');
  if (!existsSync(join(folder, 'index.html'))) {
    await build({ configFile: join(repository, 'web', 'vite.config.ts'), logLevel: 'error' });
  }
  return folder;
}
