import { z99 } from '../normal.ts';
import type { FeedbackSystem } from './feedback-loop.ts';

/** A workflow's stage or provider as the file describes it, in plain numbers. */
export interface FeedbackFacts {
  /** Calls a day, before anybody repeats one out of impatience. */
  readonly callsPerDay: number;
  /** Traffic at the busiest hour over the mean. */
  readonly peakFactor: number;
  /** Time to the whole answer of an idle provider, seconds. */
  readonly latencySeconds: { readonly p50: number; readonly p99: number };
  /** Input and output tokens of one call, which count towards a limit on tokens. */
  readonly tokensPerCall: number;
  /** What the provider allows; absent limits do not bind. */
  readonly limits: {
    readonly requestsPerMinute?: number;
    readonly tokensPerMinute?: number;
    readonly concurrent?: number;
  };
  readonly patienceSeconds: number;
  readonly retryProbability: number;
  readonly abandonProbability?: number;
  readonly duplicateTabs?: number;
  readonly elasticity?: number;
}

const secondsPerDay = 86_400;
/** One user who gets no answer gives up after so many further tries. */
const retriesMaxUsual = 10;
/** Servers assumed where no limit is stated; far above what any workflow keeps busy. */
const serversMax = 100_000;

/**
 * The queue a provider's limits make. A limit on requests or tokens a minute is a throughput, which is as many requests
 * at once as it passes in the time of one answer (Little's law); the tightest limit holds.
 */
export function feedbackSystem(facts: FeedbackFacts): FeedbackSystem {
  const { p50, p99 } = facts.latencySeconds;
  const sigma = Math.max(0, Math.log(p99 / p50)) / z99;
  const serviceSeconds = p50 * Math.exp((sigma * sigma) / 2);
  return {
    arrivalsPerSecond: (facts.callsPerDay / secondsPerDay) * facts.peakFactor,
    queue: {
      servers: Math.max(1, Math.min(serversMax, Math.floor(atOnce(facts, serviceSeconds)))),
      serviceSeconds,
      serviceScv: Math.exp(sigma * sigma) - 1,
    },
    users: {
      patienceSeconds: facts.patienceSeconds,
      retryProbability: facts.retryProbability,
      abandonProbability: facts.abandonProbability ?? 0,
      duplicateTabs: facts.duplicateTabs ?? 0,
      elasticity: facts.elasticity ?? 0,
      retriesMax: retriesMaxUsual,
    },
  };
}

function atOnce({ limits, tokensPerCall }: FeedbackFacts, serviceSeconds: number): number {
  const requests = limits.requestsPerMinute ?? Number.POSITIVE_INFINITY;
  const byTokens = (limits.tokensPerMinute ?? Number.POSITIVE_INFINITY) / Math.max(1, tokensPerCall);
  return Math.min(limits.concurrent ?? Number.POSITIVE_INFINITY, (Math.min(requests, byTokens) / 60) * serviceSeconds);
}
