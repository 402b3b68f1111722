import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Starts a script of this folder and, when it has printed `lines` lines, kills it with SIGKILL. @returns its lines */
export async function runUntilKilled(script: string, args: readonly string[], lines: number): Promise<string[]> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (piece) => {
    printed += String(piece);
    if (printed.split('\n').length > lines) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
  if (signal !== 'SIGKILL') throw new Error(`${script} ended by itself`);
  return printed.split('\n').slice(0, -1);
}
