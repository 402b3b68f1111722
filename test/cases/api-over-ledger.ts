import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { createApi } from '../../src/api/index.ts';
import type { Principal } from '../../src/api/roles.ts';
import { idSource, type ManualClock, manualClock } from '../../src/base/index.ts';
import type { Books } from '../../src/books/index.ts';
import { openSqliteBooks } from '../../src/books/sqlite/index.ts';
import type { Config } from '../../src/config/index.ts';
import type { Ledger } from '../../src/ledger/index.ts';
import { plainInstance, plainPorts } from '../fakes/plain-api.ts';

/** What an answer said. */
export interface Answered<Body> {
  readonly status: number;
  readonly body: Body;
}

export interface ApiRig {
  readonly signedIn: { who: Principal };
  readonly books: Books;
  readonly clock: ManualClock;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  ask<Body = Record<string, unknown>>(
    method: string,
    path: string,
    sent?: unknown,
    contentType?: string,
  ): Promise<Answered<Body>>;
  close(): Promise<void>;
}

interface RigOptions {
  readonly ledger: Ledger;
  readonly config: Config;
  readonly startMs: number;
}

/** The API over a real ledger and fresh real books, without a network. */
export async function openApiRig({ ledger, config, startMs }: RigOptions): Promise<ApiRig> {
  const dir = mkdtempSync(join(tmpdir(), 'api-'));
  const clock = manualClock(startMs);
  const signedIn: { who: Principal } = { who: { actor: 'ada', role: 'operator' } };
  const ids = idSource(clock);
  const books = await openSqliteBooks({ path: join(dir, 'books.db'), clock, ids });
  const api = createApi(
    plainPorts({
      ...{ clock, ids, ledger, books, config, identify: async () => signedIn.who },
      instance: { ...plainInstance, timeZone: config.timeZone },
      log: (event, facts) => console.error(event, facts),
    }),
  );
  const fetch = (path: string, init: RequestInit = {}) =>
    Promise.resolve(api.fetch(new Request(`http://127.0.0.1:4700${path}`, init)));
  return {
    ...{ signedIn, books, clock, fetch },
    async ask<Body>(method: string, path: string, sent?: unknown, contentType = 'application/json') {
      const init = sent === undefined ? {} : { body: JSON.stringify(sent), headers: { 'content-type': contentType } };
      const answer = await fetch(path, { method, ...init });
      return { status: answer.status, body: (await answer.json()) as Body };
    },
    async close() {
      api.close();
      await books.close();
      rmSync(dir, { recursive: true });
    },
  };
}

/** The same, anew for each test. */
export function apiOverLedger(
  options: Omit<RigOptions, 'ledger'> & { readonly under: { readonly ledger: Ledger } },
): ApiRig {
  let rig: ApiRig;
  beforeEach(async () => {
    rig = await openApiRig({ ...options, ledger: options.under.ledger });
  });
  afterEach(() => rig.close());
  return {
    get signedIn() {
      return rig.signedIn;
    },
    get books() {
      return rig.books;
    },
    get clock() {
      return rig.clock;
    },
    fetch: (path, init) => rig.fetch(path, init),
    ask: (method, path, sent, contentType) => rig.ask(method, path, sent, contentType),
    close: () => rig.close(),
  };
}
