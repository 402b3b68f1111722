import { setMaxListeners } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { access, constants, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isatty } from 'node:tty';
import { loadAssets } from './api/index.ts';
import type { Clock, IdSource, Random } from './base/index.ts';
import { type Effects, exitCodes, readCommitted, runCli } from './cli/index.ts';
import { type Engines, jsonLog, startInstance } from './processes/index.ts';

const listenersMax = 10_000;

export interface CommandLineOptions {
  /** The script of every process, main.ts. */
  readonly entry: string;
  readonly engines: Engines;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
}

/** Runs one of a person's commands and ends the process with its exit code. */
export async function runCommandLine(words: readonly string[], options: CommandLineOptions): Promise<never> {
  const code = await runCli(words, effects(options));
  await flushed();
  process.exit(code);
}

function effects({ entry, engines, clock, random, ids }: CommandLineOptions): Effects {
  const packageFolder = dirname(dirname(entry));
  const version = readVersion(packageFolder);
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    workingFolder: process.cwd(),
    version,
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
    checkEngines: () => checkEngines({ engines, clock, ids }),
    ...signals(),
    startInstance: async (options) =>
      startInstance({
        ...options,
        entry,
        engines,
        version,
        assets: await loadAssets(join(packageFolder, 'web', 'dist')),
        clock,
        random,
        ids,
        log: jsonLog((line) => process.stderr.write(line), clock, 'control'),
      }),
  };
}

/** Beside the file first, then in its place, so that a crash leaves the old text or the new one. */
async function writeText(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  await writeFile(beside, text);
  await rename(beside, path);
}

function readVersion(packageFolder: string): string {
  const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/**
 * The first signal asks for an orderly end; a second one does not wait for it. SIGHUP has the configuration read anew where
 * a command knows how and there is no terminal that may just be closing.
 */
function signals(): Pick<Effects, 'stop' | 'onReload'> {
  const controller = new AbortController();
  let reload: (() => void) | null = null;
  // Every request of a replay listens to it.
  setMaxListeners(listenersMax, controller.signal);
  const stop = () => {
    if (controller.signal.aborted) process.exit(exitCodes.couldNotRun);
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  // Asked now: of a terminal that is gone the system no longer says that it was one.
  const inTerminal = isatty(0);
  process.on('SIGHUP', () => (reload && !inTerminal ? reload() : stop()));
  return {
    stop: controller.signal,
    onReload(listener) {
      reload = listener;
    },
  };
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

async function checkEngines({
  engines,
  clock,
  ids,
}: Pick<CommandLineOptions, 'engines' | 'clock' | 'ids'>): ReturnType<Effects['checkEngines']> {
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
