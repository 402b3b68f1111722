import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type ApiPorts, type ControlPlane, createApi } from '../../src/api/index.ts';
import type { Principal } from '../../src/api/roles.ts';
import { idSource, type ManualClock, manualClock } from '../../src/base/index.ts';
import type { Books } from '../../src/books/index.ts';
import { openSqliteBooks } from '../../src/books/sqlite/index.ts';
import type { Config } from '../../src/config/index.ts';
import type { Ledger } from '../../src/ledger/index.ts';

/** What an answer said. */
export interface Answered<Body = Record<string, unknown>> {
  readonly status: number;
  readonly body: Body;
}

/** The API over a real ledger and real books, fresh for each test. */
export function apiOverLedger(options: {
  readonly under: { readonly ledger: Ledger };
  readonly config: Config;
  readonly startMs: number;
  readonly ports?: Partial<ApiPorts>;
}) {
  let dir: string;
  let books: Books;
  let api: ControlPlane;
  let clock: ManualClock;
  const signedIn: { who: Principal } = { who: { actor: 'ada', role: 'operator' } };
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'api-'));
    clock = manualClock(options.startMs);
    signedIn.who = { actor: 'ada', role: 'operator' };
    const ids = idSource(clock);
    books = await openSqliteBooks({ path: join(dir, 'books.db'), clock, ids });
    const { config } = options;
    api = createApi({
      ...{ clock, ids, ledger: options.under.ledger, books, config, identify: async () => signedIn.who },
      instance: {
        ...{ version: '1', startedAtMs: 0, timeZone: config.timeZone, url: 'http://127.0.0.1:4700', simulated: false },
        ...{ access: 'open', signIn: false, providers: [], workflows: [], features: {} },
      },
      ...{
        openSession: () => null,
        heldMoney: async () => [],
        refusedCalls: async () => [],
        readiness: [],
        assets: new Map(),
        log: () => undefined,
      },
      metrics: async () => ({ contentType: 'text/plain', text: '' }),
      ...options.ports,
    } as ApiPorts);
  });
  afterEach(async () => {
    await books.close();
    rmSync(dir, { recursive: true });
  });
  const fetch = (path: string, init: RequestInit = {}) =>
    Promise.resolve(api.fetch(new Request(`http://127.0.0.1:4700${path}`, init)));
  return {
    signedIn,
    get books(): Books {
      return books;
    },
    get clock(): ManualClock {
      return clock;
    },
    fetch,
    async ask<Body = Record<string, unknown>>(
      method: string,
      path: string,
      sent?: unknown,
      contentType = 'application/json',
    ): Promise<Answered<Body>> {
      const init = sent === undefined ? {} : { body: JSON.stringify(sent), headers: { 'content-type': contentType } };
      const answer = await fetch(path, { method, ...init });
      return { status: answer.status, body: (await answer.json()) as Body };
    },
  };
}
