/** Starts the built product as a user would, as processes of its own, and stops exactly those. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '../..');
const main = join(repository, 'dist', 'main.js');

export interface Running {
  readonly child: ChildProcess;
  readonly origin: string;
  /** What the process wrote so far, for the message of a failed test. */
  log(): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Runs `burnrate <args>` in the background until `origin` answers at `readyPath`. */
export async function startBurnrate(args: readonly string[], port: number, readyPath: string): Promise<Running> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: cleanEnvironment(),
  });
  const parts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => parts.push(part.toString()));
  const running: Running = {
    child,
    origin: `http://127.0.0.1:${port}`,
    log: () => parts.join(''),
    stop: (signal = 'SIGTERM') => stopChild(child, signal),
  };
  return orStop(async () => {
    await untilAnswers(running, readyPath);
    return running;
  }, running);
}

/** Provider keys of whoever runs the tests must not reach the product under test. */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const environment = { ...process.env, ...extra };
  for (const name of [
    'OPENAI_API_KEY',
    'ANTHROPIC_API_KEY',
    'GEMINI_API_KEY',
    'BURNRATE_LISTEN',
    'BURNRATE_ADMIN_TOKEN',
  ]) {
    if (!(name in extra)) delete environment[name];
  }
  return environment;
}

export async function untilAnswers(running: Running, path: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (running.child.exitCode !== null) break;
    const ready = await fetch(running.origin + path).then(
      async (response) => (await response.arrayBuffer()) && response.ok,
      () => false,
    );
    if (ready) return;
    await pause(100);
  }
  throw new Error(`the process did not get ready (exit code ${running.child.exitCode}):\n${running.log()}`);
}

async function stopChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  const forced = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(forced);
}

export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

export interface Stack {
  readonly folder: string;
  readonly emulator: Running;
  /** The gateway's public address, where SDKs and the API live. */
  readonly origin: string;
  readonly configFile: string;
  burnrate: Running;
  restart(): Promise<void>;
  json<T>(path: string): Promise<T>;
  /** Asks until `ready` holds: rows reach the ledger a moment after the answer reached the client. */
  until<T>(path: string, ready: (answer: T) => boolean): Promise<T>;
  stop(): Promise<void>;
}

export interface StackOptions {
  /** Emulator scenario as JSON (YAML reads it). */
  readonly scenario?: unknown;
  /** Further top-level YAML of burnrate.yaml. */
  readonly settings?: string;
}

/** An emulator and a gateway on it, each in processes of its own, data in a temporary folder. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), 'burnrate-e2e-'));
  const emulatorPort = await freePort();
  const port = await freePort();
  const configFile = join(folder, 'burnrate.yaml');
  const scenarioFile = join(folder, 'scenario.json');
  writeFileSync(configFile, configText(folder, port, emulatorPort, options.settings ?? ''));
  writeFileSync(scenarioFile, JSON.stringify(options.scenario ?? { latency: { firstTokenMs: 0, perTokenMs: 0 } }));
  const emulate = ['emulate', '--port', String(emulatorPort), '--scenario', scenarioFile];
  const emulator = await startBurnrate(emulate, emulatorPort, '/emulator/billed');
  const serve = () => startBurnrate(['serve', '--config', configFile], port, '/readyz');
  const stack: Stack = {
    folder,
    emulator,
    origin: `http://127.0.0.1:${port}`,
    configFile,
    burnrate: await orStop(serve, emulator),
    async restart() {
      stack.burnrate = await serve();
    },
    async json<T>(path: string) {
      const response = await fetch(stack.origin + path);
      return (await response.json()) as T;
    },
    until: (path, ready) => until(stack.origin + path, ready),
    async stop() {
      await stack.burnrate.stop();
      await emulator.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return stack;
}

/** What started before must not outlive what failed to start after it. */
async function orStop(start: () => Promise<Running>, before: Running): Promise<Running> {
  try {
    return await start();
  } catch (error) {
    await before.stop();
    throw error;
  }
}

function configText(folder: string, port: number, emulatorPort: number, settings: string): string {
  const upstream = `http://127.0.0.1:${emulatorPort}`;
  return `version: 1
listen: 127.0.0.1:${port}
data: ${join(folder, 'data')}
providers:
  openai: { kind: openai, baseUrl: "${upstream}/v1", apiKey: emulated }
  anthropic: { kind: anthropic, baseUrl: "${upstream}", apiKey: emulated }
  gemini: { kind: gemini, baseUrl: "${upstream}", apiKey: emulated }
${settings}`;
}

async function until<T>(url: string, ready: (answer: T) => boolean): Promise<T> {
  let last = '';
  for (let attempt = 0; attempt < 150; attempt++) {
    const response = await fetch(url);
    last = await response.text();
    if (response.ok) {
      const answer = JSON.parse(last) as T;
      if (ready(answer)) return answer;
    }
    await pause(100);
  }
  throw new Error(`${url} did not become what was waited for; last answer: ${last.slice(0, 2_000)}`);
}
