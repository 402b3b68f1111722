import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BurnrateError, idSource, manualClock, seededRandom } from '../../src/base/index.ts';
import { type Effects, runCli } from '../../src/cli/index.ts';

export interface AskedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  /** The JSON that was sent; `undefined` without a body. */
  readonly body: unknown;
}

/** Where commands of a test run: files are real, what is written is kept, and the test answers for the instance. */
export interface FakeTerminal {
  out: string;
  err: string;
  readonly asked: AskedRequest[];
  readonly effects: Effects;
  /** Runs `burnrate <words>`; resolves to the exit code. */
  run(...words: string[]): Promise<number>;
}

export interface FakeTerminalOptions extends Partial<Effects> {
  readonly columns?: number;
  /** What the instance answers, as JSON or as a whole response; without it, and for `undefined`, nobody is there. */
  readonly answer?: (request: AskedRequest) => unknown;
}

const patterns = resolve(import.meta.dirname, '../../patterns');

export function fakeTerminal({ columns = 100, answer, ...changes }: FakeTerminalOptions = {}): FakeTerminal {
  const clock = changes.clock ?? manualClock(Date.UTC(2026, 2, 1, 12));
  const write = (to: 'out' | 'err') => (text: string) => {
    terminal[to] += text;
  };
  const ask = async (url: string, init?: RequestInit): Promise<Response> => {
    const request = readRequest(url, init);
    terminal.asked.push(request);
    const answered = await answer?.(request);
    if (answered === undefined) throw new TypeError('fetch failed');
    return answered instanceof Response ? answered : Response.json(answered);
  };
  const effects: Effects = {
    ...{ stdout: { write: write('out'), columns }, stderr: { write: write('err') } },
    ...{ environment: {}, workingFolder: '/nowhere', version: '1.2.3', nodeVersion: 'v20.20.0' },
    ...{ clock, random: seededRandom(1), ids: idSource(clock), fetch: ask as typeof fetch },
    ...{ readText: (path) => readFile(path, 'utf8'), writeText: (path, text) => writeFile(path, text) },
    readPattern: (name) => readFile(join(patterns, `${name}.yaml`), 'utf8'),
    readCommitted: async (ref) => {
      throw new BurnrateError('CONFIG_UNREADABLE', { message: `${ref} is neither a file nor a state of the file` });
    },
    ...{ exists: existsSync, canWriteFolder: async () => true },
    startInstance: async () => {
      throw new Error('this test starts no instance');
    },
    checkEngines: async () => [{ name: 'ledger (DuckDB)', ok: true, message: 'loads' }],
    stop: new AbortController().signal,
    onReload: () => undefined,
    ...changes,
  };
  const terminal: FakeTerminal = { out: '', err: '', asked: [], effects, run: (...words) => runCli(words, effects) };
  return terminal;
}

function readRequest(url: string, init: RequestInit = {}): AskedRequest {
  const body = init.body === undefined ? undefined : JSON.parse(String(init.body));
  return { method: init.method ?? 'GET', url: new URL(url), headers: new Headers(init.headers), body };
}
