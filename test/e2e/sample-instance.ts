import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { build } from 'vite';
import { createApi, loadAssets, openIdentify, tokenSignIn } from '../../src/api/index.ts';
import { BurnrateError, type Clock, idSource, systemClock } from '../../src/base/index.ts';
import type { AlertRecord, Books } from '../../src/books/index.ts';
import { openSqliteBooks } from '../../src/books/sqlite/index.ts';
import { defaultConfig, parseConfig } from '../../src/config/index.ts';
import { openDuckDbLedger } from '../../src/ledger/duckdb/index.ts';
import type { Ledger } from '../../src/ledger/index.ts';
import { fakeForecaster } from '../fakes/fake-forecaster.ts';
import type { SampleTraffic } from './sample-traffic.ts';
import { repository } from './stack.ts';

/** The control plane with its real ledger and the built dashboard, in this process, filled with what a test gives it. */
export interface SampleInstance {
  readonly origin: string;
  record(traffic: SampleTraffic): Promise<void>;
  /** Posts spend on a budget without `per`, as a gateway does. */
  spend(budget: string, usd: bigint): Promise<void>;
  /** An alert that fires since then. */
  raiseAlert(startedAtMs: number): Promise<void>;
  /** From now on the ledger answers nothing, as while it restarts. */
  breakLedger(broken: boolean): void;
  close(): Promise<void>;
}

export interface SampleOptions {
  readonly simulated: boolean;
  /** Browsers must sign in with it. */
  readonly adminToken?: string;
  readonly clock?: Clock;
  /** burnrate.yaml; the usual settings when absent. */
  readonly yaml?: string;
}

const picosPerUsd = 1_000_000_000_000n;

export async function startSampleInstance(options: SampleOptions): Promise<SampleInstance> {
  const { clock = systemClock } = options;
  const folder = mkdtempSync(join(tmpdir(), 'burnrate-dashboard-'));
  const ledger = await openDuckDbLedger({ file: join(folder, 'ledger.duckdb'), clock });
  const books = await openSqliteBooks({ path: join(folder, 'books.db'), clock, ids: idSource(clock) });
  const config = configOf(options);
  const state = { broken: false, sequence: 0 };
  const asked = breakable(ledger, state);
  const api = createApi({
    ...plainPorts(options, books, clock),
    ...{ books, config, ledger: asked, forecasts: fakeForecaster(config, clock, asked, books.forecasts) },
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
    spend: (budget, usd) => spend(books, budget, usd * picosPerUsd),
    raiseAlert: (startedAtMs) => books.alerts.save([sampleAlert(startedAtMs)], []),
    breakLedger(broken) {
      state.broken = broken;
    },
    async close() {
      api.close();
      await new Promise((closed) => server.close(closed));
      await books.close();
      await ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configOf({ yaml }: SampleOptions) {
  return yaml === undefined ? defaultConfig({}) : parseConfig(yaml, { file: 'burnrate.yaml', environment: {} });
}

/** Takes money and posts it all. */
async function spend(books: Books, budget: string, picos: bigint): Promise<void> {
  const of = { leaseId: `sample-${budget}`, budget, instance: '' };
  const ask = { ...of, sequence: 1, need: picos, want: picos, size: picos };
  await books.budgets.exchange({ holder: 'sample', settlements: [], asks: [[ask]] });
  const settlement = { ...of, sequence: 2, spent: picos, returned: 0n, close: true };
  await books.budgets.exchange({ holder: 'sample', settlements: [settlement], asks: [] });
}

function sampleAlert(startedAtMs: number): AlertRecord {
  return {
    ...{ id: 'alert_sample', key: 'token-spike|support-assistant', rule: 'token-spike', kind: 'token-spike' },
    ...{ severity: 'page', state: 'firing', once: false, silencedUntilMs: 0, acknowledgedBy: null, resolvedAtMs: null },
    subject: { workflow: 'support-assistant' },
    summary: 'support-assistant used 4.2 times the tokens of this hour of the week',
    evidence: { tokens: 420_000, usual: 100_000 },
    link: '/costs?where.workflow=support-assistant&by=stage',
    ...{ startedAtMs, lastSeenAtMs: startedAtMs },
  };
}

function plainPorts({ simulated, adminToken }: SampleOptions, { users }: Books, clock: Clock) {
  const signIn =
    adminToken === undefined ? null : tokenSignIn({ adminToken, sessionSecret: 'sample-secret', users, clock });
  return {
    clock,
    ids: idSource(clock),
    heldMoney: async () => [],
    reloadConfig: () => Promise.reject(new BurnrateError('config_refused', { message: 'There is no file.' })),
    instance: {
      version: '0.0.0-test',
      startedAtMs: clock.nowMs(),
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
    openSession: signIn?.openSession ?? (async () => null),
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
