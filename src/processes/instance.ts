import type { Server } from 'node:http';
import type { Assets, ConfigReload } from '../api/index.ts';
import { assert, BurnrateError, type Clock, type IdSource, type Random } from '../base/index.ts';
import { type Books, serveBooks } from '../books/index.ts';
import { assertListenAllowed, type Config } from '../config/index.ts';
import { LocalCoordinator, serveCoordinator } from '../coordination/index.ts';
import { type OwnerLock, takeOwnerLock } from '../journal/index.ts';
import { connectLedger, type Ledger } from '../ledger/index.ts';
import type { RemoteServer } from '../remote/index.ts';
import { askWorkers } from './ask-workers.ts';
import { changedConfig } from './changed-config.ts';
import { type ConfiguredParts, type Surroundings, startConfigured } from './configured-parts.ts';
import { assertPortFree, serveControlPlane, superviseLedger, superviseWorker } from './control.ts';
import { type DataFolder, openDataFolder, openSocketFolder, type SocketFolder } from './data-folder.ts';
import type { Engines } from './engines.ts';
import { fileBudgets } from './file-budgets.ts';
import { forecastApart } from './forecast-process.ts';
import { instanceUrl } from './instance-facts.ts';
import { instanceMetrics } from './instance-metrics.ts';
import type { Log } from './log.ts';
import type { Supervised } from './supervise.ts';
import { type OrphanTaker, takeOverOrphans } from './take-over-orphans.ts';
import { tidyBooks } from './tidy-books.ts';

export interface InstanceOptions {
  readonly config: Config;
  /** Reads the file anew; null when there is none to read. @throws BurnrateError CONFIG_UNREADABLE, CONFIG_INVALID */
  readonly readConfig: (() => Promise<Config>) | null;
  readonly version: string;
  /** True when the providers are the emulator. */
  readonly simulated: boolean;
  readonly adminToken: string | undefined;
  /** The script that child processes run. */
  readonly entry: string;
  readonly engines: Engines;
  readonly assets: Assets;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  readonly log: Log;
}

/** A running instance: the control process with its ledger process and its gateway workers. */
export interface Instance {
  readonly url: string;
  readonly port: number;
  readonly workerPids: readonly number[];
  readonly ledgerPid: number | null;
  /**
   * Reads the file anew and lets it hold for what begins from now on. What is under way keeps what it began with.
   * @param actor who wants it, for the audit record
   * @throws BurnrateError config_refused, books_unavailable; then everything is as it was
   */
  reload(actor: string): Promise<ConfigReload>;
  /** Drains calls in flight, ships what is recorded, closes the engines, ends every child. */
  stop(): Promise<void>;
}

/**
 * Starts an instance and resolves when it takes calls.
 * @throws BurnrateError LISTEN_REFUSED, PORT_IN_USE, LEDGER_LOCKED, books_unavailable
 */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { config } = options;
  assertListenAllowed(config.listen, options.adminToken);
  await assertPortFree(config.listen.host, config.listen.port);
  const data = openDataFolder(config.data);
  const lock = ownFolder(data);
  const parts = new Parts(options, data, openSocketFolder(data), lock);
  try {
    return await parts.start();
  } catch (error) {
    await parts.stop(0);
    throw error;
  }
}

/**
 * Before anything in the folder is touched: sockets and budgets of an instance that runs on it are not ours.
 * @throws BurnrateError LEDGER_LOCKED
 */
function ownFolder({ lock, path }: DataFolder): OwnerLock {
  const taken = takeOwnerLock(lock);
  if (!taken) throw new BurnrateError('LEDGER_LOCKED', { message: `another instance runs on ${path}` });
  return taken;
}

/** Who changed what the file changed, in the audit record. */
const fileActor = 'burnrate.yaml';

/** The parts of an instance in the order they start; they stop in the opposite order, however far the start came. */
class Parts {
  readonly #options: InstanceOptions;
  readonly #data: DataFolder;
  readonly #sockets: SocketFolder;
  readonly #lock: OwnerLock;
  readonly #workers: Supervised[] = [];
  #books: Books | null = null;
  #booksServer: RemoteServer | null = null;
  #coordinatorServer: RemoteServer | null = null;
  #ledgerProcess: Supervised | null = null;
  #ledger: Ledger | null = null;
  #orphans: OrphanTaker | null = null;
  #config: Config;
  #configured: ConfiguredParts | null = null;
  #around: Surroundings | null = null;
  /** What of the file is laid over the instance: one after another. */
  #reloading: Promise<unknown> = Promise.resolve();
  #server: Server | null = null;
  #stopping = false;
  #endTidying: () => void = () => undefined;

  constructor(options: InstanceOptions, data: DataFolder, sockets: SocketFolder, lock: OwnerLock) {
    this.#options = options;
    this.#config = options.config;
    this.#data = data;
    this.#sockets = sockets;
    this.#lock = lock;
  }

  async start(): Promise<Instance> {
    const { config, clock } = this.#options;
    this.#books = await this.#openBooks();
    const file = { file: this.#data.ledger, socket: this.#sockets.ledger, timeZone: config.timeZone };
    this.#ledgerProcess = superviseLedger({ kind: 'start', ...file }, this.#options);
    await this.#ledgerProcess.ready;
    this.#ledger = connectLedger(this.#sockets.ledger, clock);
    this.#orphans = takeOverOrphans({
      ...this.#options,
      dir: this.#data.journals,
      ledger: this.#ledger,
      budgets: this.#books.budgets,
    });
    const port = await this.#startWorkers();
    await this.#startControlPlane(port, this.#ledger, this.#books);
    return this.#instance(port);
  }

  /** The books with the file's budgets in them, open to the workers before the first of them starts. */
  async #openBooks(): Promise<Books> {
    const { config, clock, ids, engines, log } = this.#options;
    const books = await engines.openBooks({ path: this.#data.books, clock, ids });
    this.#books = books;
    await books.budgets.adoptFile(fileBudgets(config), fileActor);
    this.#booksServer = await serveBooks(books, this.#sockets.books);
    this.#endTidying = tidyBooks({ books, keepAttemptsMs: () => this.#config.retention.attempts.ms, clock, log });
    return books;
  }

  /** Workers share one port: the first finds it when the configuration leaves it open, and the rest take the same. */
  async #startWorkers(): Promise<number> {
    const { clock, ids, config } = this.#options;
    if (config.workers > 1) {
      this.#coordinatorServer = await serveCoordinator(new LocalCoordinator(clock, ids), this.#sockets.coordinator);
    }
    let { port } = config.listen;
    for (let slot = 1; slot <= config.workers; slot++) {
      const worker = superviseWorker(
        () => this.#workerStart(slot, port),
        this.#options,
        () => this.#orphans?.look(),
      );
      this.#workers.push(worker);
      port = (await worker.ready) ?? port;
    }
    return port;
  }

  #workerStart(slot: number, port: number) {
    const config = this.#config;
    return {
      kind: 'start' as const,
      slot,
      config,
      dataFolder: this.#data.path,
      controlSocket: this.#sockets.control,
      ledgerSocket: this.#sockets.ledger,
      booksSocket: this.#sockets.books,
      coordinatorSocket: config.workers > 1 ? this.#sockets.coordinator : null,
      listen: { host: config.listen.host, port },
      instanceSecret: this.#data.secret,
    };
  }

  async #startControlPlane(port: number, ledger: Ledger, books: Books): Promise<void> {
    const { clock } = this.#options;
    this.#around = {
      ...{ options: this.#options, ledger, books, workers: this.#workers, port },
      forecast: forecastApart(this.#options.entry, this.#sockets.ledger),
      metrics: instanceMetrics({
        ...{ ...this.#options, ledger, workers: this.#workers, ledgerProcess: this.#ledgerProcess },
        budgets: { clock, books, ...askWorkers(this.#workers, clock) },
      }),
      reloadConfig: (actor: string) => this.#reload(actor),
      secret: this.#data.secret,
      startedAtMs: clock.nowMs(),
    };
    this.#configured = startConfigured(this.#config, this.#around);
    this.#server = await serveControlPlane((request) => this.#fetch(request), this.#sockets.control);
  }

  #fetch(request: Request): Response | Promise<Response> {
    assert(this.#configured, 'the control plane answers once it is configured');
    return this.#configured.api.fetch(request);
  }

  #reload(actor: string): Promise<ConfigReload> {
    const reload = this.#reloading.then(() => this.#reloadNow(actor));
    // Whoever asked hears of a failure; the next in line only waits.
    this.#reloading = reload.catch(() => undefined);
    return reload;
  }

  async #reloadNow(actor: string): Promise<ConfigReload> {
    const { log } = this.#options;
    assert(this.#books && this.#around && this.#configured, 'a running instance is reloaded');
    const { config, changed, restartNeeded } = changedConfig(this.#config, await this.#readConfig());
    await this.#books.budgets.adoptFile(fileBudgets(config), fileActor);
    const after = { changed, restartNeeded };
    await this.#books.audit.append({ action: 'config.reload', actor, subject: fileActor, before: null, after });
    this.#config = config;
    const told = await Promise.all(this.#workers.map((worker) => worker.configure(config)));
    const before = this.#configured;
    this.#configured = startConfigured(config, this.#around);
    await before.stop();
    const done = { ...after, workers: { told: told.filter(Boolean).length, of: told.length } };
    log('info', 'config_reloaded', { actor, ...done });
    return done;
  }

  /** @throws BurnrateError config_refused */
  async #readConfig(): Promise<Config> {
    const { readConfig, log } = this.#options;
    try {
      if (this.#stopping) throw new BurnrateError('overloaded', { message: 'Burnrate is stopping.' });
      if (readConfig === null) throw new Error('This instance does not run on a file.');
      return await readConfig();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      log('warn', 'config_refused', { message });
      throw new BurnrateError('config_refused', { message, cause });
    }
  }

  #instance(port: number): Instance {
    const workers = this.#workers;
    const ledgerProcess = this.#ledgerProcess;
    return {
      url: instanceUrl(this.#config, port),
      port,
      get workerPids() {
        return workers.flatMap((worker) => worker.pid ?? []);
      },
      get ledgerPid() {
        return ledgerProcess?.pid ?? null;
      },
      reload: (actor) => this.#reload(actor),
      stop: () => this.stop(this.#config.server.drainTimeout.ms),
    };
  }

  /** Workers first, while the ledger still takes what they ship. */
  async stop(drainMs: number): Promise<void> {
    this.#stopping = true;
    await this.#reloading;
    await Promise.all(this.#workers.map((worker) => worker.stop(drainMs)));
    const configured = this.#configured?.stop();
    this.#server?.close();
    this.#server?.closeAllConnections();
    await configured;
    await this.#orphans?.stop();
    await this.#ledger?.close();
    await this.#ledgerProcess?.stop(0);
    this.#endTidying();
    await this.#coordinatorServer?.close();
    await this.#booksServer?.close();
    await this.#books?.close();
    this.#sockets.remove();
    this.#lock.release(false);
  }
}
