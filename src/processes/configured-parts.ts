import { type ApiPorts, type ControlPlane, createApi, openIdentify, tokenSignIn } from '../api/index.ts';
import type { Books } from '../books/index.ts';
import type { Config } from '../config/index.ts';
import { type ForecasterOptions, forecaster } from '../economics/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { startScheduler } from '../scheduler/index.ts';
import { askWorkers } from './ask-workers.ts';
import type { InstanceOptions } from './instance.ts';
import { instanceFacts } from './instance-facts.ts';
import type { Supervised } from './supervise.ts';

/** What outlives a change of the configuration in the control process. */
export interface Surroundings {
  readonly options: Omit<InstanceOptions, 'config'>;
  readonly ledger: Ledger;
  readonly books: Books;
  readonly workers: readonly Supervised[];
  readonly forecast: ForecasterOptions['perform'];
  readonly metrics: ApiPorts['metrics'];
  readonly reloadConfig: ApiPorts['reloadConfig'];
  /** Keys the sessions of browsers. */
  readonly secret: Uint8Array;
  readonly port: number;
  readonly startedAtMs: number;
}

/** What a configuration decides in the control process: what the API says, and what happens by itself. */
export interface ConfiguredParts {
  readonly api: ControlPlane;
  stop(): Promise<void>;
}

export function startConfigured(config: Config, around: Surroundings): ConfiguredParts {
  const { options, ledger, books } = around;
  const { clock, ids, random, version, log } = options;
  const forecasts = forecaster({
    ...{ config, clock, ids, random, engine: version },
    ...{ books: books.forecasts, perform: around.forecast },
  });
  const instance = instanceFacts({ ...options, config, startedAtMs: around.startedAtMs }, around.port);
  const api = createApi({ ...apiPorts(config, around), forecasts, instance });
  const scheduler = startScheduler({
    ...{ config, ledger, books, forecasts, clock, ids, log },
    publicUrl: instance.url,
    fetch,
  });
  return {
    api,
    async stop() {
      api.close();
      await scheduler.stop();
    },
  };
}

function apiPorts(config: Config, around: Surroundings): Omit<ApiPorts, 'forecasts' | 'instance'> {
  const { options, ledger, books, workers, metrics, reloadConfig } = around;
  const { clock, ids, assets, log } = options;
  return {
    ...{ config, clock, ids, ledger, books, assets, metrics, reloadConfig },
    ...askWorkers(workers, clock),
    ...signIn(around),
    log: (event, facts) => log('error', event, facts),
    readiness: readiness(around),
  };
}

function signIn({ options, books: { users }, secret }: Surroundings): Pick<ApiPorts, 'identify' | 'openSession'> {
  const { adminToken, clock } = options;
  if (!adminToken) return { identify: openIdentify, openSession: async () => null };
  return tokenSignIn({ adminToken, sessionSecret: Buffer.from(secret).toString('hex'), users, clock });
}

function readiness({ ledger, books, workers }: Surroundings): ApiPorts['readiness'] {
  const fine = { ok: true, message: 'fine' };
  return [
    { name: 'ledger', check: () => ledger.pulse().then(() => fine) },
    { name: 'books', check: () => books.keys.list({ limit: 1 }).then(() => fine) },
    {
      name: 'gateway',
      check: async () => {
        const alive = workers.filter((worker) => worker.alive).length;
        return { ok: alive > 0, message: `${alive} of ${workers.length} workers take calls` };
      },
    },
  ];
}
