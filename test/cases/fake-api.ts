import { beforeEach, expect } from 'vitest';
import { type ApiPorts, type ControlPlane, createApi } from '../../src/api/index.ts';
import { type ManualClock, manualClock } from '../../src/base/index.ts';
import { anAttempt } from '../fakes/attempt.ts';
import { fakeBooks } from '../fakes/fake-books.ts';
import { type FakeLedger, fakeLedger } from '../fakes/fake-ledger.ts';
import { plainInstance, plainPorts } from '../fakes/plain-api.ts';

const noonMs = Date.UTC(2026, 2, 1, 12);

interface Opened {
  readonly clock: ManualClock;
  readonly ledger: FakeLedger;
  readonly books: ReturnType<typeof fakeBooks>;
  readonly logged: string[];
}

/** The API over four attempts of one workflow and fake books, anew for each test. */
export function fakeApi() {
  let opened: Opened;
  let api: ControlPlane;
  const restart = (changes: Partial<ApiPorts> = {}): void => {
    const { logged, ...rest } = opened;
    api = createApi(plainPorts({ ...rest, instance, log: (event) => logged.push(event), ...changes }));
  };
  beforeEach(() => {
    opened = { clock: manualClock(noonMs), ledger: fakeLedger(attempts), books: fakeBooks(), logged: [] };
    restart();
  });
  const fetch = (path: string, init: RequestInit = {}) =>
    api.fetch(new Request(`http://127.0.0.1:4700${path}`, init)) as Promise<Response>;
  return {
    get opened() {
      return opened;
    },
    /** Another API over the same ledger and books. */
    ...{ restart, fetch },
    get: (path: string, headers: Record<string, string> = {}) => fetch(path, { headers }),
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', host: '127.0.0.1:4700', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}

const instance = {
  ...plainInstance,
  ...{ startedAtMs: noonMs, providers: [{ name: 'openai', kind: 'openai' }], workflows: ['support-assistant'] },
};

const attempts = [
  anAttempt({ team: 'support', interaction: 'i1' }),
  anAttempt({
    ...{ attemptId: 'att_2', attemptNumber: 2, startedAtMs: noonMs - 3_000_000, reason: 'retry', layer: 'client' },
    ...{ team: 'support', interaction: 'i1' },
  }),
  anAttempt({ attemptId: 'att_3', callId: 'call_2', run: 'run_2', stage: 'classify', simulated: true }),
  anAttempt({ attemptId: 'att_4', callId: 'call_3', run: 'run_2', cost: null, priceState: 'unknown', lines: [] }),
];

/** What a refusal says, in its headers and its body alike. */
export async function refusal(answer: Response | Promise<Response>) {
  const response = await answer;
  const body = (await response.json()) as { error: { code: string; remedy: string } };
  expect(response.headers.get('burnrate-error-code')).toBe(body.error.code);
  expect(body.error.remedy).toBeTypeOf('string');
  return { status: response.status, fields: [] as { field: string; message: string }[], ...body.error };
}
