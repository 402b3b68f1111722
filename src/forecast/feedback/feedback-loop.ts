import { capacityPerSecond, type Queue, queueState, slowShare } from './queue.ts';

/** What people do when an answer takes long. */
export interface ImpatientUsers {
  /** Seconds of waiting after which patience ends. */
  readonly patienceSeconds: number;
  /** Share of those who ask again while the first request still runs. */
  readonly retryProbability: number;
  /** Share of those who leave; what they asked for is worked on all the same. */
  readonly abandonProbability: number;
  /** Share of requests sent twice from a second tab. */
  readonly duplicateTabs: number;
  /**
   * How much sooner patience ends as queues grow: patience is `patienceSeconds / (1 + elasticity × wait / patienceSeconds)`.
   * 0 is patience that never changes.
   */
  readonly elasticity: number;
  /** Further requests one user makes at most. */
  readonly retriesMax: number;
}

/** Requests, those who make them, and those who answer them. */
export interface FeedbackSystem {
  /** Requests people mean to make at today's peak, per second, before any is repeated. */
  readonly arrivalsPerSecond: number;
  readonly queue: Queue;
  readonly users: ImpatientUsers;
}

/** Where load, latency and impatience agree with one another. */
export interface Equilibrium {
  /** Requests that really arrive, repeats included, per second. */
  readonly loadPerSecond: number;
  /** Load over the requests people meant to make. */
  readonly amplification: number;
  readonly utilisation: number;
  readonly waitSeconds: number;
  /** Share of requests slower than patience lasts. */
  readonly slowShare: number;
  /** False when load is at or above capacity: the queue grows without end. */
  readonly sustained: boolean;
}

const iterationsMax = 2_000;
const tolerance = 1e-9;

/**
 * Follows latency → repeats → load → latency to its fixed point. Load only ever rises with load, so from a calm start
 * the iteration ends at the lowest fixed point and from a storm at the highest; where they differ, the past decides.
 */
export function equilibrium(system: FeedbackSystem, start: 'calm' | 'storm'): Equilibrium {
  let load = start === 'calm' ? freshLoad(system) : stormLoad(system);
  for (let i = 0; i < iterationsMax; i++) {
    const next = freshLoad(system) * attemptsPerRequest(system, slowAt(system, load));
    if (Math.abs(next - load) <= tolerance * load) break;
    load = next;
  }
  const { utilisation, waitSeconds } = queueState(system.queue, load);
  return {
    loadPerSecond: load,
    amplification: load / system.arrivalsPerSecond,
    utilisation,
    waitSeconds,
    slowShare: slowAt(system, load),
    sustained: load < capacityPerSecond(system.queue),
  };
}

export const freshLoad = ({ arrivalsPerSecond, users }: FeedbackSystem): number =>
  arrivalsPerSecond * (1 + users.duplicateTabs);

/** Load when everybody runs out of patience. */
export const stormLoad = (system: FeedbackSystem): number => freshLoad(system) * attemptsPerRequest(system, 1);

/** Requests people may mean to make for `loadPerSecond` to be what arrives, over those they mean to make now. */
export function trafficCarriedAt(system: FeedbackSystem, loadPerSecond: number): number {
  return loadPerSecond / (freshLoad(system) * attemptsPerRequest(system, slowAt(system, loadPerSecond)));
}

/** (1 − qⁿ)/(1 − q) attempts when each is repeated with probability q and there are n at most. */
function attemptsPerRequest({ users }: FeedbackSystem, slow: number): number {
  const repeat = users.retryProbability * slow;
  const attempts = users.retriesMax + 1;
  return repeat >= 1 ? attempts : (1 - repeat ** attempts) / (1 - repeat);
}

function slowAt({ queue, users }: FeedbackSystem, loadPerSecond: number): number {
  const state = queueState(queue, loadPerSecond);
  if (!Number.isFinite(state.waitSeconds)) return 1;
  const strain = (users.elasticity * state.waitSeconds) / users.patienceSeconds;
  return slowShare(queue, state, users.patienceSeconds / (1 + strain));
}
