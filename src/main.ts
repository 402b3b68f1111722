#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { idSource, systemClock, systemRandom } from './base/index.ts';
import { becomeChild } from './processes/children/index.ts';
import type { Engines } from './processes/index.ts';

/**
 * The composition root: picks the engines and knows which process this is. `burnrate <verb>` is a person's command; the
 * internal verbs are the processes that `serve` forks from this same file. Nothing is loaded that this process does not need.
 */

const clock = systemClock;
const random = systemRandom;
const ids = idSource(clock);

const engines: Engines = {
  openBooks: async (options) => (await import('./books/sqlite/index.ts')).openSqliteBooks(options),
  openLedger: async ({ path, timeZone: _, ...options }) =>
    (await import('./ledger/duckdb/index.ts')).openDuckDbLedger({ file: path, ...options }),
};

const words = process.argv.slice(2);
if (!(await becomeChild(words[0], { engines, clock, random, ids, stderr: process.stderr }))) {
  const { runCommandLine } = await import('./command-line.ts');
  await runCommandLine(words, { entry: fileURLToPath(import.meta.url), engines, clock, random, ids });
}
