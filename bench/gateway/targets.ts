import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Something a client can point its base URL at. */
export interface Target {
  readonly name: string;
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Root of the process tree to be charged; null for a direct connection. */
  readonly pid: number | null;
  /** A word of the command line of the process that carries the traffic, where others work beside it. */
  readonly carrier: string | null;
  /** What must be said beside its figures. */
  readonly note: string;
  stop(): Promise<void>;
}

const jsonHeaders = { 'content-type': 'application/json', authorization: 'Bearer bench' };
const chatPath = '/v1/chat/completions';
const repository = resolve(import.meta.dirname, '../..');

export async function startUpstream(): Promise<{ port: number; stop(): Promise<void> }> {
  const child = fork(join(import.meta.dirname, 'upstream.ts'), { execArgv: ['--import', 'tsx'] });
  const port = await new Promise<number>((done) => child.once('message', (m: { port: number }) => done(m.port)));
  return { port, stop: () => stopChild(child) };
}

export function directTarget(upstreamPort: number): Target {
  const origin = `http://127.0.0.1:${upstreamPort}`;
  return {
    name: 'direct',
    origin,
    path: chatPath,
    headers: jsonHeaders,
    pid: null,
    carrier: null,
    note: '',
    stop: async () => {},
  };
}

/** One nginx worker with keep-alive to the upstream. Null where nginx is not installed. */
export async function nginxTarget(upstreamPort: number): Promise<Target | null> {
  if (spawnSync('nginx', ['-v']).status !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), 'burnrate-bench-nginx-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, nginxConfig(folder, port, upstreamPort));
  const child = spawn('nginx', ['-c', file, '-g', 'daemon off;'], { stdio: 'ignore' });
  await untilListening(port);
  return {
    name: 'nginx proxy_pass',
    origin: `http://127.0.0.1:${port}`,
    path: chatPath,
    headers: jsonHeaders,
    pid: child.pid ?? null,
    carrier: null,
    note: 'forwards only: no metering, no record',
    stop: async () => {
      await stopChild(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function nginxConfig(folder: string, port: number, upstreamPort: number): string {
  return `worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 512; }
http {
  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  keepalive_requests 1000000000;
  upstream provider { server 127.0.0.1:${upstreamPort}; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
  }
}
`;
}

export async function portkeyTarget(upstreamPort: number): Promise<Target | null> {
  const manifest = createRequire(import.meta.url).resolve('@portkey-ai/gateway/package.json');
  const script = join(dirname(manifest), 'build', 'start-server.js');
  if (!existsSync(script)) return null;
  const port = await freePort();
  const rewrap = join(import.meta.dirname, 'rewrap-fetch-headers.mjs');
  const child = spawn(process.execPath, ['--import', rewrap, script, `--port=${port}`, '--headless'], {
    stdio: 'ignore',
  });
  await untilListening(port);
  return {
    name: '@portkey-ai/gateway 1.15.2',
    origin: `http://127.0.0.1:${port}`,
    path: chatPath,
    headers: {
      ...jsonHeaders,
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
    },
    pid: child.pid ?? null,
    carrier: null,
    note: 'no record kept; fetch response headers re-wrapped, without which it answers 500 to streams on Node 20',
    stop: () => stopChild(child),
  };
}

/** The built product with one worker, journal, pricing and ledger on. */
export async function burnrateTarget(upstreamPort: number, name: string, settings = ''): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'burnrate-bench-'));
  const port = await freePort();
  const file = join(folder, 'burnrate.yaml');
  writeFileSync(file, burnrateConfig(folder, port, upstreamPort, settings));
  const main = join(repository, 'dist', 'main.js');
  const child = spawn(process.execPath, [main, 'serve', '--config', file], { stdio: 'ignore', cwd: folder });
  await untilListening(port);
  return {
    name,
    origin: `http://127.0.0.1:${port}`,
    path: chatPath,
    headers: jsonHeaders,
    pid: child.pid ?? null,
    carrier: 'internal-worker',
    note: '',
    stop: async () => {
      await stopChild(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function burnrateConfig(folder: string, port: number, upstreamPort: number, settings: string): string {
  return `version: 1
listen: 127.0.0.1:${port}
data: ${folder}/data
providers:
  openai: { kind: openai, baseUrl: "http://127.0.0.1:${upstreamPort}/v1", apiKey: bench }
${settings}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      async (response) => (await response.arrayBuffer()) && true,
      () => false,
    );
    if (answered) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`nothing listens on port ${port} after 20 s`);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const forced = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(forced);
}
