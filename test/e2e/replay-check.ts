/** Replays a trace through the built product and holds the ledger against the trace, the rates and the emulator's own count. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { cleanEnvironment, pause, repository, type Stack } from './stack.ts';

export interface TraceTotals {
  readonly records: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Reads a trace of the azure format independently of the product's own reader. */
export function readAzureTotals(file: string): TraceTotals {
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(','));
  const sum = (column: number) => rows.reduce((total, row) => total + Number(row[column]), 0);
  return { records: rows.length, inputTokens: sum(1), outputTokens: sum(2) };
}

export interface ReplaySummary {
  readonly records: number;
  readonly completed: number;
  readonly failed: number;
  readonly retries: number;
  readonly tokensReceived: { readonly input: number; readonly output: number };
}

/** Runs `burnrate replay` to its end, with something happening meanwhile. */
export async function replay(
  stack: Stack,
  file: string,
  speed: number,
  meanwhile: () => Promise<void> = async () => {},
  further: readonly string[] = [],
): Promise<ReplaySummary> {
  const main = join(repository, 'dist', 'main.js');
  const args = [
    main,
    'replay',
    file,
    '--speed',
    String(speed),
    '--url',
    stack.origin,
    '--model',
    'gpt-5-mini',
    '--workflow',
    'replayed',
    '--json',
    ...further,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnvironment() });
  const out: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => errors.push(part));
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  await meanwhile();
  const code = await ended;
  if (code !== 0)
    throw new Error(`replay ended with ${code}:\n${Buffer.concat(errors)}\n${stack.burnrate.log().slice(-4_000)}`);
  return JSON.parse(Buffer.concat(out).toString()) as ReplaySummary;
}

export interface CostsJson {
  readonly totalUsd: string;
  readonly total: Sums;
  readonly rows: readonly (Sums & Readonly<Record<string, string | number | null>>)[];
  readonly rowsLeftOut: number;
}

interface Sums {
  readonly costUsd: string;
  readonly calls: number;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
  readonly estimatedAttempts: number;
  readonly unknownPriceAttempts: number;
}

const picosOf = (decimal: string) => {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole) * 1_000_000_000_000n + BigInt(fraction.padEnd(12, '0'));
};

/** Sums by any dimension equal the total, to the picodollar and to the token. */
export async function expectSumsByAnyDimension(stack: Stack, dimensions: readonly string[]): Promise<void> {
  for (const dimension of dimensions) {
    const costs = await stack.json<CostsJson>(`/api/costs?by=${dimension}&limit=10000`);
    const sum = costs.rows.reduce((total, row) => total + picosOf(row.costUsd), 0n);
    expect({ dimension, sum, leftOut: costs.rowsLeftOut }).toEqual({
      dimension,
      sum: picosOf(costs.totalUsd),
      leftOut: 0,
    });
    // An attempt has lines in several buckets; its money is split among them, its count is not.
    if (dimension === 'bucket' || dimension === 'line') continue;
    const attempts = costs.rows.reduce((total, row) => total + row.attempts, 0);
    expect({ dimension, attempts }).toEqual({ dimension, attempts: costs.total.attempts });
  }
}

/** gpt-5-mini at list price: input 0.25, cached input 0.025, output 2 USD per million. */
export function expectedPicos(sums: Sums): bigint {
  const cached = BigInt(sums.cacheReadTokens);
  return (BigInt(sums.inputTokens) - cached) * 250_000n + cached * 25_000n + BigInt(sums.outputTokens) * 2_000_000n;
}

export const totalPicos = (costs: CostsJson) => picosOf(costs.totalUsd);

/** Process ids of the product's children whose command line holds `word`. */
export function childrenOf(root: number, word: string): number[] {
  const rows = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), ...readProcess(name) }));
  const tree = new Set([root]);
  for (let size = 0; size !== tree.size; ) {
    size = tree.size;
    for (const row of rows) if (tree.has(row.parent)) tree.add(row.pid);
  }
  return rows
    .filter((row) => tree.has(row.pid) && row.pid !== root && row.command.includes(word))
    .map((row) => row.pid);
}

function readProcess(pid: string): { parent: number; command: string } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]), command };
  } catch {
    // The process ended while the list was read.
    return { parent: 0, command: '' };
  }
}

/** Kills one kind of child without warning and waits until another has taken its place. */
export async function killChild(stack: Stack, word: string): Promise<void> {
  const root = stack.burnrate.child.pid ?? 0;
  const [victim] = childrenOf(root, word);
  if (victim === undefined) throw new Error(`no process of kind ${word} below ${root}`);
  process.kill(victim, 'SIGKILL');
  for (let attempt = 0; attempt < 200; attempt++) {
    await pause(100);
    if (childrenOf(root, word).some((pid) => pid !== victim)) return;
  }
  throw new Error(`no ${word} took the place of ${victim}`);
}
