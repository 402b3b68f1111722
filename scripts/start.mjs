#!/usr/bin/env node
/**
 * `npm start`: installs and builds what is missing or stale, then runs everything. Plain Node without dependencies,
 * because nothing is installed yet when it begins.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, repository } from './prepare.mjs';

const providerKeys = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY'];

await ensureInstalled();
await ensureBuilt();
const verb = chooseVerb();
const words = process.argv.slice(2);
run(join(repository, 'dist', 'main.js'), words.length > 0 ? words : [verb]);

/** With a provider key, or a burnrate.yaml that names providers, it is the real thing; otherwise the demo. */
function chooseVerb() {
  if (providerKeys.some((name) => process.env[name])) return 'serve';
  const file = join(process.cwd(), 'burnrate.yaml');
  if (existsSync(file) && /^providers:/m.test(readFileSync(file, 'utf8'))) return 'serve';
  console.log(
    `No provider key in the environment (${providerKeys.join(', ')}): starting the demo. Its data is SIMULATED.`,
  );
  return 'demo';
}

/** The child gets Ctrl-C from the terminal itself; other signals are handed on. */
function run(script, args) {
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
