/** Installing and building only when something changed since the last time. Plain Node without dependencies. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const stamps = join(repository, 'node_modules', '.cache', 'burnrate');
const inRepository = (...names) => join(repository, ...names);

/**
 * `npm install` keeps to the versions of the lock file just as `npm ci` does. `npm ci` would refuse a lock file that was
 * written where a registry has no packages of other platforms, and it would delete what is there first.
 */
const installWords = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];

/** Installs unless the installed packages are those of the lock file. */
export async function ensureInstalled() {
  const wanted = hashOf([inRepository('package-lock.json')]);
  if (existsSync(inRepository('node_modules')) && (stampOf('installed') === wanted || isInstalled())) return;
  await step('Installing packages', 'npm', installWords);
  writeStamp('installed', wanted);
}

/** npm's own record of what it installed is newer than the lock file when somebody ran npm by hand. */
function isInstalled() {
  const record = inRepository('node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages ?? {};
  const wanted = JSON.parse(readFileSync(inRepository('package-lock.json'), 'utf8')).packages ?? {};
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

/** Builds server and dashboard unless their sources are what the last build was made of. */
export async function ensureBuilt({ web = true } = {}) {
  const common = ['package.json', 'package-lock.json'];
  await ensure('server', ['src', 'tsconfig.json', 'tsconfig.build.json', ...common], 'dist/main.js', [
    'Building the server',
    'npm',
    ['run', '--silent', 'build:server'],
  ]);
  if (web && existsSync(inRepository('web', 'vite.config.ts'))) {
    await ensure(
      'web',
      ['web', 'src/money', 'src/tree', 'src/forecast', 'src/base', ...common],
      'web/dist/index.html',
      ['Building the dashboard', 'npm', ['run', '--silent', 'build:web']],
    );
  }
}

async function ensure(name, sources, result, [title, command, args]) {
  const wanted = hashOf(sources.flatMap((source) => filesUnder(inRepository(source))));
  if (existsSync(inRepository(result)) && stampOf(name) === wanted) return;
  await step(title, command, args);
  writeStamp(name, wanted);
}

const notSources = new Set(['node_modules', 'dist', '.git']);

function filesUnder(path) {
  if (!existsSync(path)) return [];
  const entries = readdirOrNull(path);
  if (entries === null) return [path];
  return entries
    .filter((entry) => !notSources.has(entry.name) && !/\.(test|contract)\.tsx?$/.test(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)]));
}

function readdirOrNull(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return null;
    throw error;
  }
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(file.slice(repository.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function stampOf(name) {
  const file = join(stamps, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function writeStamp(name, hash) {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(join(stamps, name), hash);
}

/** Runs a command with its output shown only when it fails; ends this process with its exit code then. */
async function step(title, command, args) {
  const startedMs = performance.now();
  process.stdout.write(`${title} …`);
  const { code, output } = await runCommand(command, args);
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  process.stdout.write(` ${code === 0 ? 'done' : 'failed'} after ${seconds} s\n`);
  if (code === 0) return;
  process.stderr.write(output);
  process.exit(code);
}

function runCommand(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
    const parts = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => parts.push(part));
    child.on('error', reject);
    child.on('exit', (code) => resolve({ code: code ?? 1, output: Buffer.concat(parts).toString() }));
  });
}
