import type { Random } from '../../base/index.ts';
import { EventHeap } from './event-heap.ts';
import type { FeedbackSystem } from './feedback-loop.ts';

export interface SimulationOptions {
  readonly random: Random;
  /** Simulated seconds, the first tenth of which is not measured. */
  readonly seconds: number;
  /** Draws one service time, seconds. */
  readonly service: (random: Random) => number;
  /** A burst: traffic times `factor` from `fromSeconds` for `lastsSeconds`. */
  readonly surge?: { readonly fromSeconds: number; readonly lastsSeconds: number; readonly factor: number };
  /** Only requests that arrive from here on are measured; a tenth of `seconds` when absent. */
  readonly measureFromSeconds?: number;
}

export interface SimulationResult {
  readonly requests: number;
  /** Mean wait before service of what was measured, and its standard error by batch means. */
  readonly waitSeconds: number;
  readonly waitStandardError: number;
  /** Requests over those people meant to make. */
  readonly amplification: number;
  readonly slowShare: number;
  readonly abandoned: number;
  /** Requests waiting at the end. */
  readonly backlog: number;
  /** True when the run was cut off because the queue outgrew what is simulated. */
  readonly overflowed: boolean;
}

const arrives = 0;
const ends = 1;
const losesPatience = 2;
const batches = 40;
const backlogMax = 200_000;

/** Every request, its wait and its impatient user, one event at a time. The same seed gives the same run. */
export function simulateFeedback(system: FeedbackSystem, options: SimulationOptions): SimulationResult {
  const run = new FeedbackRun(system, options);
  run.start();
  while (run.step()) if (run.overflowed) break;
  return run.result();
}

class FeedbackRun {
  readonly #system: FeedbackSystem;
  readonly #options: SimulationOptions;
  readonly #events = new EventHeap();
  readonly #arrivedAt: number[] = [];
  readonly #tries: number[] = [];
  readonly #answered: boolean[] = [];
  readonly #queue: number[] = [];
  #head = 0;
  #busy = 0;
  #fresh = 0;
  #measured = 0;
  #slow = 0;
  #abandoned = 0;
  #recentWait = 0;
  readonly #waits: number[] = [];
  overflowed = false;

  constructor(system: FeedbackSystem, options: SimulationOptions) {
    this.#system = system;
    this.#options = options;
  }

  start(): void {
    this.#events.push(this.#nextGap(0), arrives, -1);
  }

  step(): boolean {
    const event = this.#events.pop();
    if (event === null || event.at > this.#options.seconds) return false;
    if (event.kind === arrives) this.#freshArrival(event.at);
    else if (event.kind === ends) this.#end(event.at, event.request);
    else this.#impatient(event.at, event.request);
    return true;
  }

  #nextGap(now: number): number {
    const { surge, random } = this.#options;
    const surging = surge !== undefined && now >= surge.fromSeconds && now < surge.fromSeconds + surge.lastsSeconds;
    const rate = this.#system.arrivalsPerSecond * (surging ? surge.factor : 1);
    return now - Math.log(1 - random.next()) / rate;
  }

  #freshArrival(now: number): void {
    const { users } = this.#system;
    if (this.#isMeasured(now)) this.#fresh++;
    this.#send(now, users.retriesMax);
    if (users.duplicateTabs > 0 && this.#options.random.next() < users.duplicateTabs) this.#send(now, 0);
    this.#events.push(this.#nextGap(now), arrives, -1);
  }

  #send(now: number, triesLeft: number): void {
    const request = this.#arrivedAt.length;
    this.#arrivedAt.push(now);
    this.#tries.push(triesLeft);
    this.#answered.push(false);
    const { users } = this.#system;
    if (users.retryProbability > 0 || users.abandonProbability > 0) {
      const strain = (users.elasticity * this.#recentWait) / users.patienceSeconds;
      this.#events.push(now + users.patienceSeconds / (1 + strain), losesPatience, request);
    }
    if (this.#busy < this.#system.queue.servers) this.#serve(now, request);
    else this.#queue.push(request);
    if (this.#queue.length - this.#head > backlogMax) this.overflowed = true;
  }

  #serve(now: number, request: number): void {
    this.#busy++;
    const wait = now - (this.#arrivedAt[request] ?? now);
    // What users remember of waiting: about the last hundred answers.
    this.#recentWait += (wait - this.#recentWait) / 100;
    if (this.#isMeasured(this.#arrivedAt[request] ?? now)) this.#waits.push(wait);
    this.#events.push(now + this.#options.service(this.#options.random), ends, request);
  }

  #end(now: number, request: number): void {
    this.#answered[request] = true;
    this.#busy--;
    if (this.#isMeasured(this.#arrivedAt[request] ?? now)) {
      this.#measured++;
      if (now - (this.#arrivedAt[request] ?? now) > this.#system.users.patienceSeconds) this.#slow++;
    }
    const next = this.#queue[this.#head];
    if (next === undefined) return;
    this.#head++;
    this.#serve(now, next);
  }

  #impatient(now: number, request: number): void {
    const left = this.#tries[request] ?? 0;
    if (this.#answered[request]) return;
    const { users } = this.#system;
    const drawn = this.#options.random.next();
    if (drawn < users.retryProbability && left > 0) this.#send(now, left - 1);
    else if (drawn >= 1 - users.abandonProbability && this.#isMeasured(now)) this.#abandoned++;
  }

  #isMeasured(at: number): boolean {
    return at >= (this.#options.measureFromSeconds ?? this.#options.seconds / 10);
  }

  result(): SimulationResult {
    const { mean, standardError } = batchMeans(this.#waits);
    const from = this.#arrivedAt.findIndex((at) => this.#isMeasured(at));
    return {
      requests: this.#waits.length,
      waitSeconds: mean,
      waitStandardError: standardError,
      amplification: from < 0 || this.#fresh === 0 ? 0 : (this.#arrivedAt.length - from) / this.#fresh,
      slowShare: this.#measured === 0 ? 0 : this.#slow / this.#measured,
      abandoned: this.#abandoned,
      backlog: this.#queue.length - this.#head,
      overflowed: this.overflowed,
    };
  }
}

/** Waits of neighbours are alike, so the error is taken from means of long batches. */
function batchMeans(values: readonly number[]): { readonly mean: number; readonly standardError: number } {
  const size = Math.floor(values.length / batches);
  if (size === 0) return { mean: 0, standardError: 0 };
  const means = Array.from({ length: batches }, (_, batch) => {
    let sum = 0;
    for (let i = batch * size; i < (batch + 1) * size; i++) sum += values[i] ?? 0;
    return sum / size;
  });
  const mean = means.reduce((sum, each) => sum + each, 0) / batches;
  const variance = means.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (batches - 1);
  return { mean, standardError: Math.sqrt(variance / batches) };
}
