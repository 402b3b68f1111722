import { createServer, type Server } from 'node:http';
import { BurnrateError, type Clock, type IdSource, type Random } from '../base/index.ts';
import { connectBooks, keyDirectory, refusedReporter } from '../books/index.ts';
import { connectCoordinator, LocalCoordinator } from '../coordination/index.ts';
import { createGateway, type Gateway } from '../gateway/index.ts';
import { type OpenJournal, openJournal, type Shipper, startShipper } from '../journal/index.ts';
import { connectLedger } from '../ledger/index.ts';
import { beChild, type ChildWork } from './be-child.ts';
import { openDataFolder } from './data-folder.ts';
import { forwardTo } from './forward.ts';
import { journalLog } from './journal-log.ts';
import { learningFile } from './learning-file.ts';
import type { Log } from './log.ts';
import type { WorkerStart } from './messages.ts';
import { priceBookOf } from './price-book-of.ts';
import { openWorkerMoney } from './worker-money.ts';

/** How long calls in flight may run on once the control process is gone; a successor wants the port and the journal. */
const orphanDrainMs = 5_000;
/** How long the journal may take to reach the ledger at the end; what does not waits in its file for the next start. */
const shipMsMax = 10_000;

export interface WorkerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  readonly log: Log;
}

/** A process of the data plane: the public port, a journal of its own, and a shipper from it to the ledger. */
export function runGatewayWorker(options: WorkerOptions): void {
  beChild<WorkerStart>({ log: options.log, begin: (start) => beginWorker(start, options), orphanDrainMs });
}

async function beginWorker(start: WorkerStart, options: WorkerOptions): Promise<ChildWork> {
  const { clock, random, ids, log } = options;
  const data = openDataFolder(start.dataFolder);
  const books = connectBooks(start.booksSocket, clock);
  const keys = keyDirectory(books.keys, clock);
  await keys.refresh();
  const ledger = connectLedger(start.ledgerSocket, clock);
  const journal = await openJournal({ dir: data.journals, ids, log: journalLog(log) });
  const money = await openWorkerMoney({ config: start.config, books, journal, clock, ids });
  const coordination = openCoordination(start.coordinatorSocket, options);
  const refused = refusedReporter(books.refusedCalls, (error) => log('warn', 'refused_calls_not_kept', { error }));
  const shipper = startShipper({ source: journal.source, ledger, clock, random, log: journalLog(log) });
  const forward = forwardTo(start.controlSocket);
  const gateway = createGateway({
    config: start.config,
    priceBook: priceBookOf(start.config),
    journal,
    keys,
    budgets: money.port,
    coordinator: coordination.coordinator,
    learning: learningFile(data.learned, log),
    noteRefused: refused.note,
    clock,
    random,
    ids,
    fingerprintSecret: Buffer.from(start.instanceSecret),
    forward,
    log,
  });
  const server = publicServer(gateway, start);
  const port = await listen(server, start.listen);
  return {
    port,
    stats: () => ({
      slot: start.slot,
      gateway: gateway.stats(),
      journal: { unshipped: journal.unshipped },
      shipper: shipper.stats(),
      money: money.stats(),
    }),
    configure(config) {
      money.configure(config);
      gateway.configure({ config, priceBook: priceBookOf(config) });
    },
    async stop(drainMs) {
      stopListening(server);
      await gateway.close(drainMs);
      server.closeAllConnections();
      forward.close();
      await refused.close();
      await money.close();
      await coordination.close();
      await endJournal(journal, shipper);
      keys.close();
      await ledger.close();
      await books.close();
    },
  };
}

function openCoordination(socket: string | null, { clock, ids }: WorkerOptions) {
  if (socket === null) return { coordinator: new LocalCoordinator(clock, ids), close: () => Promise.resolve() };
  const coordinator = connectCoordinator(socket, clock);
  return { coordinator, close: () => coordinator.close() };
}

function publicServer(gateway: Gateway, { config }: WorkerStart): Server {
  const { server: limits } = config;
  const options = {
    maxHeaderSize: limits.maxHeaderBytes.bytes,
    headersTimeout: limits.headersTimeout.ms,
    requestTimeout: limits.requestTimeout.ms,
    keepAliveTimeout: limits.keepAlive.ms,
  };
  return createServer(options, (request, response) => gateway.handle(request, response));
}

/** @throws BurnrateError PORT_IN_USE */
function listen(server: Server, { host, port }: WorkerStart['listen']): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(refusedAddress(cause, host, port)));
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function refusedAddress(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  if (cause.code === 'EADDRINUSE') {
    return new BurnrateError('PORT_IN_USE', { message: `${host}:${port} is taken by another program`, cause });
  }
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'EACCES') {
    return new BurnrateError('CONFIG_INVALID', {
      message: `cannot listen on ${host}:${port}: ${cause.message}`,
      cause,
    });
  }
  return cause;
}

/** Takes no new connection and lets idle ones go; those that work are told to close after their answer. */
function stopListening(server: Server): void {
  server.close();
  server.closeIdleConnections();
}

async function endJournal(journal: OpenJournal, shipper: Shipper): Promise<void> {
  await journal.sync();
  await shipper.drain(shipMsMax);
  await shipper.stop();
  await journal.close();
}
