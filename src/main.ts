#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { access, constants, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAssets } from './api/index.ts';
import { idSource, systemClock, systemRandom } from './base/index.ts';
import { openSqliteBooks } from './books/sqlite/index.ts';
import { type Effects, exitCodes, readCommitted, runCli } from './cli/index.ts';
import { openDuckDbLedger } from './ledger/duckdb/index.ts';
import {
  childVerbs,
  type Engines,
  jsonLog,
  runForecastProcess,
  runGatewayWorker,
  runLedgerProcess,
  startInstance,
} from './processes/index.ts';

/**
 * The composition root: the only place that reads the environment, picks engines and knows which process this is.
 * `burnrate <verb>` is a person's command; the internal verbs are the processes that `serve` forks from this same file.
 */

const entry = fileURLToPath(import.meta.url);
const packageFolder = dirname(dirname(entry));
const clock = systemClock;
const random = systemRandom;
const ids = idSource(clock);

const engines: Engines = {
  openBooks: openSqliteBooks,
  openLedger: ({ path }) => openDuckDbLedger({ file: path, clock }),
};

const listenersMax = 10_000;
const log = (from: string) => jsonLog((line) => process.stderr.write(line), clock, from);

async function main(words: readonly string[]): Promise<void> {
  if (words[0] === childVerbs.ledger) {
    runLedgerProcess({ engines, clock, log: log('ledger') });
    return;
  }
  if (words[0] === childVerbs.forecast) {
    runForecastProcess();
    return;
  }
  if (words[0] === childVerbs.worker) {
    runGatewayWorker({ clock, random, ids, log: log('gateway') });
    return;
  }
  const code = await runCli(words, effects());
  await flushed();
  process.exit(code);
}

function effects(): Effects {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    workingFolder: process.cwd(),
    version: readVersion(),
    nodeVersion: process.version,
    clock,
    random,
    ids,
    fetch,
    readText: (path) => readFile(path, 'utf8'),
    readPattern: (name) => readFile(join(packageFolder, 'patterns', `${name}.yaml`), 'utf8'),
    readCommitted,
    writeText,
    exists: existsSync,
    canWriteFolder,
    checkEngines,
    stop: stopSignal(),
    startInstance: async (options) =>
      startInstance({
        ...options,
        entry,
        engines,
        version: readVersion(),
        assets: await loadAssets(join(packageFolder, 'web', 'dist')),
        clock,
        random,
        ids,
        log: log('control'),
      }),
  };
}

/** Beside the file first, then in its place, so that a crash leaves the old text or the new one. */
async function writeText(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  await writeFile(beside, text);
  await rename(beside, path);
}

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** The first signal asks for an orderly end; a second one does not wait for it. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  // Every request of a replay listens to it.
  setMaxListeners(listenersMax, controller.signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(exitCodes.couldNotRun);
      controller.abort();
    });
  }
  return controller.signal;
}

async function canWriteFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.W_OK);
    return true;
  } catch {
    // Any reason it cannot be written is the answer to the question.
    return false;
  }
}

async function checkEngines(): ReturnType<Effects['checkEngines']> {
  const tried = async (name: string, open: () => Promise<{ close(): Promise<void> }>) => {
    try {
      await (await open()).close();
      return { name, ok: true, message: 'loads' };
    } catch (error) {
      return { name, ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  };
  const folder = mkdtempSync(join(tmpdir(), 'burnrate-doctor-'));
  try {
    return await Promise.all([
      tried('books (SQLite)', () => engines.openBooks({ path: join(folder, 'books.db'), clock, ids })),
      tried('ledger (DuckDB)', () =>
        engines.openLedger({ path: join(folder, 'ledger.duckdb'), timeZone: 'UTC', clock }),
      ),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is still on its way to a pipe is written before the process ends. */
async function flushed(): Promise<void> {
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
}

await main(process.argv.slice(2));
