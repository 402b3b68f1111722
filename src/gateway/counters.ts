import type { ErrorCode } from '../base/index.ts';
import type { Attempt } from '../tree/index.ts';
import type { GatewayStats, Histogram } from './ports.ts';

const durationBounds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const overheadBounds = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1];

/** What happened since the start; read by the metrics endpoint. */
export class Counters {
  requests = 0;
  inFlight = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #attempts = 0;
  #disconnects = 0;
  readonly #errors: Partial<Record<ErrorCode, number>> = {};
  readonly #statuses: Record<string, number> = {};
  readonly #duration = new Buckets(durationBounds);
  readonly #overhead = new Buckets(overheadBounds);

  noteError(code: ErrorCode): void {
    this.#errors[code] = (this.#errors[code] ?? 0) + 1;
  }

  noteOverhead(ms: number): void {
    this.#overhead.add(ms / 1000);
  }

  noteDuration(ms: number): void {
    this.#duration.add(ms / 1000);
  }

  noteAttempt(attempt: Attempt): void {
    this.#attempts++;
    this.#bytesIn += attempt.requestBytes;
    this.#bytesOut += attempt.responseBytes;
    if (attempt.failure === 'client_disconnect') this.#disconnects++;
    const statusClass = attempt.status === 0 ? 'none' : `${Math.floor(attempt.status / 100)}xx`;
    this.#statuses[statusClass] = (this.#statuses[statusClass] ?? 0) + 1;
  }

  snapshot(): Omit<GatewayStats, 'controls'> {
    return {
      requests: this.requests,
      inFlight: this.inFlight,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      attempts: this.#attempts,
      disconnects: this.#disconnects,
      errors: { ...this.#errors },
      upstreamStatuses: { ...this.#statuses },
      durationSeconds: this.#duration.snapshot(),
      overheadSeconds: this.#overhead.snapshot(),
    };
  }
}

class Buckets {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  add(value: number): void {
    const index = this.#bounds.findIndex((bound) => value <= bound);
    const at = index === -1 ? this.#bounds.length : index;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  snapshot(): Histogram {
    let running = 0;
    const counts = this.#counts.map((count) => (running += count));
    return { bounds: this.#bounds, counts, sum: this.#sum };
  }
}
