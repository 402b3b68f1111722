/** Runs commands from source as processes of their own, and stops exactly those. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');
const main = join(repository, 'src', 'main.ts');
/** Absolute, so that a command may run in any folder. */
const loader = join(repository, 'node_modules', 'tsx', 'dist', 'loader.mjs');

export interface Served {
  readonly url: string;
  readonly pid: number;
  /** Children of the control process by what they are, as the system sees them now. */
  children(verb: 'internal-ledger' | 'internal-worker'): number[];
  /** Ends it and tells its exit code (null when a signal ended it). */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Ends it and its children at once, so that nobody writes into its folder any more. */
  destroy(): Promise<void>;
  log(): string;
}

function start(args: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  const env: NodeJS.ProcessEnv = { ...process.env, ...environment };
  for (const name of ['BURNRATE_LISTEN', 'BURNRATE_ADMIN_TOKEN', 'BURNRATE_URL', 'OPENAI_API_KEY']) {
    if (!(name in environment)) delete env[name];
  }
  return spawn(process.execPath, ['--import', loader, main, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
}

/** Runs a command to its end. */
export async function runBurnrate(args: readonly string[], environment?: Record<string, string>) {
  const child = start(args, environment);
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (part: Buffer) => (text.stdout += part));
  child.stderr?.on('data', (part: Buffer) => (text.stderr += part));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, ...text };
}

/** Starts `burnrate serve` and waits until it says where it is. */
export async function serve(configFile: string): Promise<Served> {
  const child = start(['serve', '--json', '--config', configFile]);
  let stderr = '';
  child.stderr?.on('data', (part: Buffer) => (stderr += part));
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const line = await Promise.race([firstLine(child), ended.then(() => null)]);
  if (line === null) throw new Error(`serve ended at its start:\n${stderr}`);
  const pid = child.pid ?? 0;
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  return {
    url: (JSON.parse(line) as { url: string }).url,
    pid,
    log: () => stderr,
    children: (verb) => childrenOf(pid, verb),
    end,
    async destroy() {
      const left = [...childrenOf(pid, 'internal-ledger'), ...childrenOf(pid, 'internal-worker')];
      await end('SIGKILL');
      for (const one of left) if (isAlive(one)) process.kill(one, 'SIGKILL');
      await until('its children to be gone', () => (left.some(isAlive) ? null : true));
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  return new Promise((done) => {
    child.stdout?.on('data', (part: Buffer) => {
      text += part;
      const end = text.indexOf('\n');
      if (end !== -1) done(text.slice(0, end));
    });
  });
}

function childrenOf(pid: number, verb: string): number[] {
  try {
    const found = execFileSync('pgrep', ['-P', String(pid), '-f', verb], { encoding: 'utf8' });
    return found.trim().split('\n').map(Number);
  } catch {
    // pgrep ends with 1 when there are none.
    return [];
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Asks again until `look` gives something; throws with the last of what it saw when it never does. */
export async function until<T>(what: string, look: () => Promise<T | null> | T | null): Promise<T> {
  for (let attempt = 0; attempt < 800; attempt++) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`waited in vain for ${what}`);
}
