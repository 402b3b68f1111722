import type { Bucket, Usage } from '../../tree/index.ts';
import type { BilledReport, BilledRequest, BilledTotals } from './emulator-types.ts';

/** The newest requests kept one by one; totals count all. */
const billedLogMax = 50_000;
/** Models and tags counted apart; what comes after is counted under `(other)`. */
const namesMax = 1_000;

interface Sums {
  requests: number;
  readonly usage: { [bucket in Bucket]?: number };
}

/** The provider's own books. Every request that began work is added exactly once. */
export class BilledBook {
  inFlight = 0;
  unbilled = 0;
  #total: Sums = { requests: 0, usage: {} };
  #byModel = new Map<string, Sums>();
  #byTag = new Map<string, Sums>();
  #log: BilledRequest[] = [];
  #dropped = 0;

  add(request: BilledRequest): void {
    addTo(this.#total, request.usage);
    addTo(sumsOf(this.#byModel, request.model), request.usage);
    if (request.tag !== null) addTo(sumsOf(this.#byTag, request.tag), request.usage);
    this.#log.push(request);
    // Dropping in halves keeps the cost of the bound constant per request.
    if (this.#log.length < billedLogMax * 2) return;
    this.#log = this.#log.slice(billedLogMax);
    this.#dropped += billedLogMax;
  }

  reset(): void {
    this.unbilled = 0;
    this.#total = { requests: 0, usage: {} };
    this.#byModel = new Map();
    this.#byTag = new Map();
    this.#log = [];
    this.#dropped = 0;
  }

  report(seed: number): BilledReport {
    const log = this.#log.slice(-billedLogMax);
    return {
      seed,
      inFlight: this.inFlight,
      unbilled: this.unbilled,
      total: totalsOf(this.#total),
      byModel: Object.fromEntries([...this.#byModel].map(([name, sums]) => [name, totalsOf(sums)])),
      byTag: Object.fromEntries([...this.#byTag].map(([name, sums]) => [name, totalsOf(sums)])),
      log,
      logDropped: this.#dropped + this.#log.length - log.length,
    };
  }
}

function sumsOf(map: Map<string, Sums>, name: string): Sums {
  const key = map.has(name) || map.size < namesMax ? name : '(other)';
  const known = map.get(key);
  if (known) return known;
  const made: Sums = { requests: 0, usage: {} };
  map.set(key, made);
  return made;
}

function addTo(sums: Sums, usage: Usage): void {
  sums.requests++;
  for (const bucket of Object.keys(usage) as Bucket[]) {
    const tokens = usage[bucket] ?? 0;
    if (tokens > 0) sums.usage[bucket] = (sums.usage[bucket] ?? 0) + tokens;
  }
}

function totalsOf(sums: Sums): BilledTotals {
  return { requests: sums.requests, usage: { ...sums.usage } };
}
