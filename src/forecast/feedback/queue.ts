import { probit } from '../normal.ts';

/** A queue in front of servers that all work alike. Times are seconds. */
export interface Queue {
  readonly servers: number;
  readonly serviceSeconds: number;
  /** Variance of the service time over its mean squared: 0 when constant, 1 when exponential. */
  readonly serviceScv: number;
}

/** What a request finds on average. */
export interface QueueState {
  /** Load over capacity. */
  readonly utilisation: number;
  /** Share of requests that wait at all. */
  readonly waitShare: number;
  /** Mean wait, without the service; infinite at and above capacity. */
  readonly waitSeconds: number;
}

export function capacityPerSecond({ servers, serviceSeconds }: Queue): number {
  return servers / serviceSeconds;
}

/**
 * Mean wait under Poisson arrivals. One server: Pollaczek–Khinchine, exact. More: Erlang C times (1 + scv)/2 (Lee and
 * Longton 1959; Allen and Cunneen), exact for exponential service.
 */
export function queueState(queue: Queue, arrivalsPerSecond: number): QueueState {
  const utilisation = arrivalsPerSecond / capacityPerSecond(queue);
  if (utilisation >= 1) return { utilisation, waitShare: 1, waitSeconds: Number.POSITIVE_INFINITY };
  const waitShare = erlangC(queue.servers, utilisation);
  const exponentialWait = (waitShare * queue.serviceSeconds) / (queue.servers * (1 - utilisation));
  return { utilisation, waitShare, waitSeconds: (exponentialWait * (1 + queue.serviceScv)) / 2 };
}

/** Probability that all servers are busy, by the stable recursion of Erlang B. */
function erlangC(servers: number, utilisation: number): number {
  const offered = servers * utilisation;
  let blocked = 1;
  for (let server = 1; server <= servers; server++) blocked = (offered * blocked) / (server + offered * blocked);
  return blocked / (1 - utilisation * (1 - blocked));
}

/** Points at which the service time is read to average over it. */
const servicePoints = 64;
const pointsOf = new WeakMap<Queue, Float64Array>();

/** Service times at the mid-points of equal slices of their distribution, taken as lognormal; computed once a queue. */
function serviceTimes(queue: Queue): Float64Array {
  const known = pointsOf.get(queue);
  if (known) return known;
  const variance = Math.log(1 + queue.serviceScv);
  const times = Float64Array.from(
    { length: servicePoints },
    (_, i) => queue.serviceSeconds * Math.exp(-variance / 2 + Math.sqrt(variance) * probit((i + 0.5) / servicePoints)),
  );
  pointsOf.set(queue, times);
  return times;
}

/**
 * Share of requests that take longer than `limitSeconds` from arrival to the whole answer. The wait of those who wait is
 * taken as exponential with the right mean (exact for exponential service), the service as lognormal.
 */
export function slowShare(queue: Queue, state: QueueState, limitSeconds: number): number {
  if (!Number.isFinite(state.waitSeconds)) return 1;
  let sum = 0;
  for (const seconds of serviceTimes(queue)) {
    const left = limitSeconds - seconds;
    if (left <= 0) sum += 1;
    else if (state.waitSeconds > 0) sum += state.waitShare * Math.exp((-left * state.waitShare) / state.waitSeconds);
  }
  return sum / servicePoints;
}
