import type { Server } from 'node:http';
import { type ApiPorts, type Assets, type ControlPlane, createApi, openIdentify, tokenSignIn } from '../api/index.ts';
import type { Clock, IdSource, Random } from '../base/index.ts';
import { type Books, serveBooks } from '../books/index.ts';
import { assertListenAllowed, type Config } from '../config/index.ts';
import { LocalCoordinator, serveCoordinator } from '../coordination/index.ts';
import type { Forecaster } from '../economics/index.ts';
import { connectLedger, type Ledger } from '../ledger/index.ts';
import type { RemoteServer } from '../remote/index.ts';
import { startScheduler } from '../scheduler/index.ts';
import { askWorkers } from './ask-workers.ts';
import { assertPortFree, serveControlPlane, superviseLedger, superviseWorker } from './control.ts';
import { type DataFolder, openDataFolder, openSocketFolder, type SocketFolder } from './data-folder.ts';
import type { Engines } from './engines.ts';
import { fileBudgets } from './file-budgets.ts';
import { instanceFacts } from './instance-facts.ts';
import { instanceForecaster } from './instance-forecaster.ts';
import { instanceMetrics } from './instance-metrics.ts';
import type { Log } from './log.ts';
import type { Supervised } from './supervise.ts';
import { type OrphanTaker, takeOverOrphans } from './take-over-orphans.ts';
import { tidyBooks } from './tidy-books.ts';

export interface InstanceOptions {
  readonly config: Config;
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
  const parts = new Parts(options, data, openSocketFolder(data));
  try {
    return await parts.start();
  } catch (error) {
    await parts.stop(0);
    throw error;
  }
}

/** Who changed what the file changed, in the audit record. */
const fileActor = 'burnrate.yaml';

/** What questions are asked of, once it is open. */
interface Opened {
  readonly ledger: Ledger;
  readonly books: Books;
  readonly forecasts: Forecaster;
}

/** The parts of an instance in the order they start; they stop in the opposite order, however far the start came. */
class Parts {
  readonly #options: InstanceOptions;
  readonly #data: DataFolder;
  readonly #sockets: SocketFolder;
  readonly #workers: Supervised[] = [];
  #books: Books | null = null;
  #booksServer: RemoteServer | null = null;
  #coordinatorServer: RemoteServer | null = null;
  #ledgerProcess: Supervised | null = null;
  #ledger: Ledger | null = null;
  #orphans: OrphanTaker | null = null;
  #api: ControlPlane | null = null;
  #server: Server | null = null;
  #scheduler: { stop(): Promise<void> } | null = null;
  #endTidying: () => void = () => undefined;

  constructor(options: InstanceOptions, data: DataFolder, sockets: SocketFolder) {
    this.#options = options;
    this.#data = data;
    this.#sockets = sockets;
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
    const forecasts = instanceForecaster(this.#options, this.#sockets.ledger, this.#books.forecasts);
    const engines = { ledger: this.#ledger, books: this.#books, forecasts };
    await this.#startControlPlane(port, engines);
    // Last: what happens by itself may take its time, and nobody waits for it.
    this.#startScheduler(port, engines);
    return this.#instance(port);
  }

  /** The books with the file's budgets in them, open to the workers before the first of them starts. */
  async #openBooks(): Promise<Books> {
    const { config, clock, ids, engines, log } = this.#options;
    const books = await engines.openBooks({ path: this.#data.books, clock, ids });
    this.#books = books;
    await books.budgets.adoptFile(fileBudgets(config), fileActor);
    this.#booksServer = await serveBooks(books, this.#sockets.books);
    this.#endTidying = tidyBooks({ books, keepAttemptsMs: config.retention.attempts.ms, clock, log });
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
      const worker = superviseWorker(() => this.#workerStart(slot, port), this.#options, {
        onExit: () => this.#orphans?.look(),
        onReady: () => undefined,
      });
      this.#workers.push(worker);
      port = (await worker.ready) ?? port;
    }
    return port;
  }

  #workerStart(slot: number, port: number) {
    const { config } = this.#options;
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

  #startScheduler(port: number, opened: Opened): void {
    const publicUrl = instanceFacts(this.#options, port).url;
    this.#scheduler = startScheduler({ ...this.#options, ...opened, publicUrl, fetch });
  }

  async #startControlPlane(port: number, opened: Opened): Promise<void> {
    this.#api = createApi(this.#apiPorts(port, opened));
    this.#server = await serveControlPlane(this.#api, this.#sockets.control);
  }

  #apiPorts(port: number, { ledger, books, forecasts }: Opened): ApiPorts {
    const { clock, ids, assets, log } = this.#options;
    const budgets = { clock, books, ...askWorkers(this.#workers, clock) };
    return {
      ids,
      ledger,
      forecasts,
      ...budgets,
      assets,
      config: this.#options.config,
      log: (event, facts) => log('error', event, facts),
      instance: instanceFacts(this.#options, port),
      ...this.#signIn(books),
      readiness: this.#readiness(ledger, books),
      metrics: instanceMetrics({
        ...this.#options,
        ledger,
        workers: this.#workers,
        ledgerProcess: this.#ledgerProcess,
        budgets,
      }),
    };
  }

  #signIn({ users }: Books): Pick<ApiPorts, 'identify' | 'openSession'> {
    const { adminToken, clock } = this.#options;
    if (!adminToken) return { identify: openIdentify, openSession: async () => null };
    const sessionSecret = Buffer.from(this.#data.secret).toString('hex');
    return tokenSignIn({ adminToken, sessionSecret, users, clock });
  }

  #readiness(ledger: Ledger, books: Books): ApiPorts['readiness'] {
    const fine = { ok: true, message: 'fine' };
    return [
      { name: 'ledger', check: () => ledger.pulse().then(() => fine) },
      { name: 'books', check: () => books.keys.list({ limit: 1 }).then(() => fine) },
      {
        name: 'gateway',
        check: async () => {
          const alive = this.#workers.filter((worker) => worker.alive).length;
          return { ok: alive > 0, message: `${alive} of ${this.#workers.length} workers take calls` };
        },
      },
    ];
  }

  #instance(port: number): Instance {
    const workers = this.#workers;
    const ledgerProcess = this.#ledgerProcess;
    return {
      url: instanceFacts(this.#options, port).url,
      port,
      get workerPids() {
        return workers.flatMap((worker) => worker.pid ?? []);
      },
      get ledgerPid() {
        return ledgerProcess?.pid ?? null;
      },
      stop: () => this.stop(this.#options.config.server.drainTimeout.ms),
    };
  }

  /** Workers first, while the ledger still takes what they ship. */
  async stop(drainMs: number): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop(drainMs)));
    this.#api?.close();
    this.#server?.close();
    this.#server?.closeAllConnections();
    await this.#scheduler?.stop();
    await this.#orphans?.stop();
    await this.#ledger?.close();
    await this.#ledgerProcess?.stop(0);
    this.#endTidying();
    await this.#coordinatorServer?.close();
    await this.#booksServer?.close();
    await this.#books?.close();
    this.#sockets.remove();
  }
}
