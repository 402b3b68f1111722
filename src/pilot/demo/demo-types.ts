import type { Clock, Random } from '../../base/index.ts';

export interface DemoOptions {
  /** Origin of the gateway, like `http://127.0.0.1:4700`. */
  readonly target: string;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Ends the traffic; interactions in flight are given a moment to finish. */
  readonly signal: AbortSignal;
  /** Interactions per second: the opening burst, how long it lasts, and what follows. */
  readonly rate?: { readonly opening: number; readonly openingMs: number; readonly steady: number };
  /** Ends by itself after this many interactions. */
  readonly interactions?: number;
}

export interface DemoSummary {
  readonly interactions: number;
  readonly calls: number;
  readonly outcomes: Readonly<Record<'success' | 'escalated' | 'abandoned' | 'failed', number>>;
  /** Calls or outcome reports that failed after their retries. */
  readonly lost: number;
}
