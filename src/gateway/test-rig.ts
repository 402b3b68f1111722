import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keyRecord } from '../../test/fakes/key-record.ts';
import { BurnrateError, idSource, seededRandom, systemClock } from '../base/index.ts';
import type { KeyRecord } from '../books/index.ts';
import { type Config, parseConfig } from '../config/index.ts';
import { LocalCoordinator } from '../coordination/index.ts';
import type { AttemptStart, Journal } from '../journal/index.ts';
import { createPriceBook } from '../pricing/index.ts';
import type { Attempt, HoldEntry, RefusedCall } from '../tree/index.ts';
import { withoutBudgets } from './control/rules.ts';
import { createGateway } from './gateway.ts';
import type { BudgetsPort, Gateway, GatewayDeps } from './ports.ts';

/** A journal in memory that remembers what it was told, in order. */
export interface MemoryJournal extends Journal {
  readonly begun: AttemptStart[];
  readonly ended: Attempt[];
  /** Every hold entry, in order. */
  readonly money: HoldEntry[];
  full: boolean;
}

export function memoryJournal(): MemoryJournal {
  const begun: AttemptStart[] = [];
  const ended: Attempt[] = [];
  const money: HoldEntry[] = [];
  const note = (entry: HoldEntry | null | undefined) => {
    if (entry) money.push(entry);
  };
  return {
    id: 'journal_test',
    begun,
    ended,
    money,
    full: false,
    unshipped: 0,
    begin(attempt, hold) {
      if (this.full) return Promise.reject(new BurnrateError('journal_unavailable', { message: 'The disk is full.' }));
      begun.push(attempt);
      note(hold);
      return Promise.resolve();
    },
    extend(hold) {
      note(hold);
      return Promise.resolve();
    },
    end(attempt, resolution) {
      ended.push(attempt);
      note(resolution);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

/** What an upstream received. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type Script = (req: IncomingMessage, res: ServerResponse, received: Received) => void;

export interface Rig {
  readonly refused: RefusedCall[];
  readonly gateway: Gateway;
  readonly journal: MemoryJournal;
  readonly received: Received[];
  readonly port: number;
  readonly upstreamPort: number;
  /** What the upstream does with the next requests. */
  script: Script;
  close(): Promise<void>;
}

export interface RigOptions {
  /** Further lines of burnrate.yaml. */
  readonly yaml?: string;
  readonly providerYaml?: string;
  readonly serverYaml?: string;
  /** Where providers are said to be; the scripted upstream when absent. */
  readonly providerPort?: number;
  readonly keys?: Readonly<Record<string, Partial<KeyRecord>>>;
  readonly budgets?: (config: Config) => BudgetsPort;
  readonly learning?: GatewayDeps['learning'];
  readonly deps?: Partial<GatewayDeps>;
}

const prices = [
  'prices:',
  '  - { provider: second, model: cheap, inputPerMillion: 0.1, outputPerMillion: 1 }',
  '  - { provider: openai, model: test-model, inputPerMillion: 1, cacheReadPerMillion: 0.1, outputPerMillion: 10 }',
  '  - { provider: anthropic, model: test-model, inputPerMillion: 1, cacheReadPerMillion: 0.1, outputPerMillion: 10 }',
  '  - { provider: gemini, model: test-model, inputPerMillion: 1, cacheReadPerMillion: 0.1, outputPerMillion: 10 }',
];

function configText(upstreamPort: number, options: RigOptions): string {
  const origin = `http://127.0.0.1:${upstreamPort}`;
  const more = options.providerYaml ?? '';
  return [
    'version: 1',
    `server: { ${options.serverYaml ?? ''} }`,
    'providers:',
    `  openai: { kind: openai, baseUrl: ${origin}/up/v1, apiKey: provider-secret ${more} }`,
    `  second: { kind: openai, baseUrl: ${origin}/second, apiKey: second-secret }`,
    `  anthropic: { kind: anthropic, baseUrl: ${origin}, apiKey: provider-secret ${more} }`,
    `  gemini: { kind: gemini, baseUrl: ${origin}, apiKey: provider-secret ${more} }`,
    `  own: { kind: openai, baseUrl: ${origin}/own, credentials: client }`,
    `  else: { kind: other, baseUrl: ${origin}/else, apiKey: provider-secret }`,
    ...prices,
    options.yaml ?? '',
  ].join('\n');
}

function keysOf(options: RigOptions): GatewayDeps['keys'] {
  const find = (secret: string): KeyRecord | null => {
    const found = options.keys?.[secret];
    return found ? keyRecord(secret, found) : null;
  };
  return { identify: find, lookUp: (secret) => Promise.resolve(find(secret)) };
}

/** A gateway on loopback before a scripted upstream. */
export async function openRig(options: RigOptions = {}): Promise<Rig> {
  const received: Received[] = [];
  const upstream = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const got = { method: req.method ?? '', url: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks) };
      received.push(got);
      rig.script(req, res, got);
    });
  });
  const upstreamPort = await listen(upstream);
  const config = parseConfig(configText(options.providerPort ?? upstreamPort, options), {
    file: 'test.yaml',
    environment: {},
  });
  const journal = memoryJournal();
  const refused: RefusedCall[] = [];
  const gateway = createGateway({
    config,
    priceBook: createPriceBook({ providers: [], overrides: priceOverrides(config) }),
    journal,
    keys: keysOf(options),
    budgets: (options.budgets ?? withoutBudgets)(config),
    coordinator: new LocalCoordinator(systemClock, idSource(systemClock)),
    learning: options.learning ?? { load: () => null, save: () => undefined },
    noteRefused: (call) => refused.push(call),
    clock: systemClock,
    random: seededRandom(1),
    ids: idSource(systemClock),
    fingerprintSecret: Buffer.alloc(32, 7),
    forward: (_req, res) => void res.end('forwarded'),
    log: () => undefined,
    ...options.deps,
  });
  const front = createServer((req, res) => gateway.handle(req, res));
  const port = await listen(front);
  const rig: Rig = {
    gateway,
    journal,
    refused,
    received,
    port,
    upstreamPort,
    script: (_req, res) => void res.end(),
    close: async () => {
      await gateway.close(50);
      await Promise.all([stop(front), stop(upstream)]);
    },
  };
  return rig;
}

type PriceOverrides = Parameters<typeof createPriceBook>[0]['overrides'];

function priceOverrides(config: ReturnType<typeof parseConfig>): PriceOverrides {
  return config.prices as unknown as PriceOverrides;
}

export function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

export function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** True when the connection broke before the answer's end. */
  readonly broken: boolean;
}

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Sends one request and reads the whole answer; a broken answer is told, not thrown. */
export function ask(port: number, options: Ask): Promise<Answer> {
  const { method = options.body === undefined ? 'GET' : 'POST', path, headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const all = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
    const req = request({ port, host: '127.0.0.1', method, path, headers: all, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      let broken = false;
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', () => {
        broken = true;
      });
      res.on('close', () =>
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          rawHeaders: res.rawHeaders,
          body: Buffer.concat(chunks),
          broken: broken || !res.complete,
        }),
      );
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** Waits until `holds`, looking every few milliseconds; the test's own timeout is the bound. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Answers with a body of the given type, as a scripted upstream. */
export function answerWith(
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): Script {
  return (_req, res) => {
    res.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...headers,
    });
    res.end(body);
  };
}
