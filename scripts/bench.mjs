#!/usr/bin/env node
/** `npm run bench [name …]`: runs the benchmarks of bench/ (each script, and each folder with an index.ts, is one) on the built product. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, repository } from './prepare.mjs';

await ensureInstalled();
await ensureBuilt({ web: false });
const scripts = new Map(readdirSync(join(repository, 'bench')).flatMap(scriptOf));
const asked = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unknown = asked.filter((name) => !scripts.has(name));
if (unknown.length > 0) {
  console.error(`error: there is no benchmark ${unknown.join(', ')}; there are ${[...scripts.keys()].join(', ')}`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : scripts.keys()) {
  console.log(`\n# ${name}`);
  const code = await run(scripts.get(name));
  if (code !== 0) process.exit(code);
}

function scriptOf(name) {
  const path = join(repository, 'bench', name);
  if (name.endsWith('.ts')) return [[name.slice(0, -'.ts'.length), path]];
  return existsSync(join(path, 'index.ts')) ? [[name, join(path, 'index.ts')]] : [];
}

function run(script) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', script], { cwd: repository, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
