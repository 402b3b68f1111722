import type { Clock, IdSource } from '../base/index.ts';
import type { Books } from '../books/index.ts';
import type { Config } from '../config/index.ts';
import type { Forecaster } from '../economics/index.ts';
import type { EconomicQuestions, Ledger, OperationQuestions, PeopleQuestions } from '../ledger/index.ts';
import type { Assets } from './assets.ts';
import type { Identify } from './roles.ts';

/** What does not change while an instance runs. */
export interface InstanceFacts {
  readonly version: string;
  readonly startedAtMs: number;
  /** IANA name; calendar days and months follow it. */
  readonly timeZone: string;
  /** Where the public address answers, like `http://127.0.0.1:4700`. */
  readonly url: string;
  /** True when the providers are the emulator. */
  readonly simulated: boolean;
  readonly access: 'open' | 'keys';
  /** True when callers of the API must say who they are. */
  readonly signIn: boolean;
  readonly providers: readonly { readonly name: string; readonly kind: string }[];
  /** Names of the workflows burnrate.yaml describes. */
  readonly workflows: readonly string[];
  readonly features: Readonly<Record<string, boolean>>;
}

/** One thing that must work before traffic is welcome. `message` says what is wrong, or that all is well. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<{ readonly ok: boolean; readonly message: string }>;
}

/** What is asked of the ledger here; its owner is closed elsewhere. */
export type AskedLedger = Pick<
  Ledger,
  'recordOutcome' | 'costs' | 'costsBy' | 'workflow' | 'workflows' | 'call' | 'run' | 'pulse'
> &
  EconomicQuestions &
  OperationQuestions &
  Omit<PeopleQuestions, 'answeredCalls'>;

/** What the calls in flight of one gateway hold of one budget instance, in the budget's whole units. */
export interface HeldMoney {
  readonly budget: string;
  readonly instance: string;
  readonly held: bigint;
}

/** What came of reading burnrate.yaml again. */
export interface ConfigReload {
  /** Sections that hold anew for what begins from now on. */
  readonly changed: readonly string[];
  /** Keys that changed and stay as they were until a restart. */
  readonly restartNeeded: readonly string[];
  /** Gateway workers that took it; one that did not keeps what it had. */
  readonly workers: { readonly told: number; readonly of: number };
}

/** Everything the control plane needs from outside its room. */
export interface ApiPorts {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly ledger: AskedLedger;
  readonly books: Pick<Books, 'keys' | 'users' | 'audit' | 'budgets' | 'alerts' | 'reviews' | 'refusedCalls'>;
  /** What calls in flight hold, as the gateways say now. */
  readonly heldMoney: () => Promise<readonly HeldMoney[]>;
  readonly forecasts: Forecaster;
  /** burnrate.yaml as it was loaded. */
  readonly config: Config;
  /** Reads it anew. @throws BurnrateError config_refused, books_unavailable; then what was in force stays so */
  readonly reloadConfig: (actor: string) => Promise<ConfigReload>;
  readonly instance: InstanceFacts;
  readonly identify: Identify;
  /** Exchanges an admin token for a session cookie value; null when it is wrong or nothing asks for one. */
  readonly openSession: (token: string) => Promise<string | null>;
  readonly readiness: readonly ReadinessCheck[];
  /** The Prometheus text of the whole instance. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly assets: Assets;
  /** A line for the operator; never carries secrets or content. */
  readonly log: (event: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** Named limits of the control plane. */
export const apiLimits = {
  bodyBytesMax: 1_048_576,
  rowsMax: 10_000,
  rowsDefault: 1_000,
  callsMax: 500,
  callsDefault: 50,
  pricesMax: 2_000,
  pricesDefault: 200,
  alertsMax: 500,
  alertsDefault: 100,
  reviewsMax: 500,
  reviewsDefault: 100,
  usageEventsMax: 1_000,
  forecastsMax: 400,
  forecastsDefault: 50,
  keysMax: 500,
  keysDefault: 100,
  auditMax: 500,
  auditDefault: 100,
  liveSubscribersMax: 64,
  livePollMs: 1_000,
  /** A ledger that does not say within this where it stands is told as away, ms. */
  livePulseWaitMs: 10_000,
  liveHeartbeatMs: 15_000,
  clockSkewMsMax: 5 * 60_000,
  rangeMsDefault: 24 * 3_600_000,
  dimensionsMax: 6,
  filterValuesMax: 100,
  outcomeValueUsdMax: 1_000_000,
} as const;
