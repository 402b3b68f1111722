import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, ErrorCode, IdSource, Random } from '../base/index.ts';
import type { BudgetAccount, KeyDirectory } from '../books/index.ts';
import type { Config } from '../config/index.ts';
import type { Coordinator } from '../coordination/index.ts';
import type { Journal } from '../journal/index.ts';
import type { LimitRule } from '../policy/index.ts';
import type { PriceBook } from '../pricing/index.ts';
import type { BudgetDefinition, RefusedCall } from '../tree/index.ts';
import type { ControlStats } from './control/control-counters.ts';

/** One line of the process log; never carries a secret, a prompt or an answer. */
export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  facts?: Readonly<Record<string, unknown>>,
) => void;

/** The money of this process: leases from the books, holds of calls in flight. */
export type MoneyAccount = Pick<
  BudgetAccount,
  'tryHold' | 'hold' | 'tryExtend' | 'extend' | 'post' | 'void' | 'expire' | 'state' | 'waiting'
>;

/** What a plan's users may ask for; its quotas are budgets. */
export interface PlanRule {
  readonly maxOutputTokens: number | null;
  /** As `provider/model` or `model`; empty allows every model. */
  readonly models: readonly string[];
}

/**
 * What bounds calls, as the control plane gives it to this worker. All of it is in memory and read for every call; the
 * lists are the same objects until something changes, so that what is derived from them can be kept.
 */
export interface BudgetsPort {
  /** In force now, with their brakes; the quotas of plans among them. */
  definitions(): readonly BudgetDefinition[];
  readonly account: MoneyAccount;
  limits(): readonly LimitRule[];
  /** By name of the plan. */
  plans(): ReadonlyMap<string, PlanRule>;
}

/** Where what answers taught outlives a process, so that the next sizes its holds well from its first call. */
export interface LearningStore {
  /** What was last saved; null when there is nothing, or nothing that can be read. */
  load(): unknown;
  /** Best effort, in the background; never throws. */
  save(learned: unknown): void;
}

/** What a gateway can be told anew while it runs. */
export interface GatewayConfig {
  readonly config: Config;
  readonly priceBook: PriceBook;
}

export interface GatewayDeps extends GatewayConfig {
  readonly journal: Journal;
  /** `identify` is asked first and does no I/O; `lookUp` asks the books for a secret that is not known here yet. */
  readonly keys: Pick<KeyDirectory, 'identify' | 'lookUp'>;
  readonly budgets: BudgetsPort;
  /** What this gateway and others of the instance must agree on. */
  readonly coordinator: Coordinator;
  readonly learning: LearningStore;
  /** Takes down a call that budgets, limits or plans refused; never throws, never waits. */
  readonly noteRefused: (refused: RefusedCall) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  /** Keys the fingerprints and prefix hashes; the same secret gives the same hashes in every worker and after a restart. */
  readonly fingerprintSecret: Buffer;
  /** Answers every request that is not of the data plane; Host and Origin are checked before. */
  readonly forward: (req: IncomingMessage, res: ServerResponse) => void;
  readonly log: Log;
}

/** Counters since the start of this gateway. */
export interface GatewayStats {
  readonly requests: number;
  readonly inFlight: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly attempts: number;
  /** Streams whose client went away before the end. */
  readonly disconnects: number;
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>;
  /** Attempts by upstream status class, `2xx` … `5xx`, `none` when no answer came. */
  readonly upstreamStatuses: Readonly<Record<string, number>>;
  /** Cumulative counts of whole request durations, upper bounds in seconds. */
  readonly durationSeconds: Histogram;
  /** Time the gateway itself adds before the upstream request goes out, upper bounds in seconds. */
  readonly overheadSeconds: Histogram;
  /** Holds, waits, early ends and brakes. */
  readonly controls: ControlStats;
}

export interface Histogram {
  readonly bounds: readonly number[];
  /** One count per bound, cumulative, then the count of everything. */
  readonly counts: readonly number[];
  readonly sum: number;
}

export interface Gateway {
  /** Handles one request of the public port, data plane or not. Never throws. */
  handle(req: IncomingMessage, res: ServerResponse): void;
  /** Takes another configuration for calls that begin from now on; those in flight keep theirs to their end. */
  configure(changed: GatewayConfig): void;
  /**
   * Refuses new calls, gives those in flight `drainMs`, cuts what is left and waits (bounded) until its ends are written
   * down, then closes the connections to the providers.
   */
  close(drainMs: number): Promise<void>;
  stats(): GatewayStats;
}
