import type { Ledger, LedgerPulse } from '../ledger/index.ts';
import { type ApiPorts, apiLimits } from './ports.ts';

/** Tells waiting subscribers when the ledger changed. It asks the ledger only while someone listens. */
export interface LiveHub {
  /** Takes a place; null when all are taken. Give it back with `leave`. */
  join(): LiveSubscription | null;
  close(): void;
}

export interface LiveSubscription {
  /**
   * The newest pulse as soon as it differs from the last one given; `away` as soon as the ledger stops answering, and
   * after each `waitMs` until it does; null when `waitMs` passed without news or the hub closed.
   */
  next(waitMs: number): Promise<LedgerPulse | 'away' | null>;
  readonly closed: boolean;
  leave(): void;
}

interface Seat {
  seenVersion: number | null;
  toldAway: boolean;
  wake: (() => void) | null;
}

export function liveHub(
  { ledger, log }: Pick<ApiPorts, 'ledger' | 'log'>,
  pollMs: number = apiLimits.livePollMs,
  pulseWaitMs: number = apiLimits.livePulseWaitMs,
): LiveHub {
  const seats = new Set<Seat>();
  let newest: LedgerPulse | null = null;
  let away = false;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  const wakeAll = () => {
    for (const seat of seats) seat.wake?.();
  };
  const look = async () => {
    const pulse = await readPulse(ledger, log, pulseWaitMs);
    const wasAway = away;
    away = pulse === null;
    const news = pulse !== null && pulse.version !== newest?.version;
    if (pulse !== null) newest = pulse;
    // Who was told that the ledger is away must hear that it is back, though nothing was appended.
    if (wasAway && !away) for (const seat of seats) if (seat.toldAway) seat.seenVersion = null;
    if (news || wasAway !== away) wakeAll();
  };
  const schedule = () => {
    if (timer !== null || closed || seats.size === 0) return;
    timer = setTimeout(() => {
      timer = null;
      void look().finally(schedule);
    }, pollMs);
    timer.unref();
  };
  return {
    join() {
      if (closed || seats.size >= apiLimits.liveSubscribersMax) return null;
      const seat: Seat = { seenVersion: null, toldAway: false, wake: null };
      seats.add(seat);
      void look().finally(schedule);
      return {
        get closed() {
          return closed;
        },
        async next(waitMs) {
          const nothingNew = () => (away ? seat.toldAway : newest === null || newest.version === seat.seenVersion);
          if (!closed && nothingNew()) await sleepUnlessWoken(seat, waitMs);
          if (closed) return null;
          seat.toldAway = away;
          if (away) return 'away';
          if (newest === null || newest.version === seat.seenVersion) return null;
          seat.seenVersion = newest.version;
          return newest;
        },
        leave() {
          seats.delete(seat);
          seat.wake?.();
        },
      };
    },
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      wakeAll();
    },
  };
}

function sleepUnlessWoken(seat: Seat, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      seat.wake = null;
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    timer.unref();
    seat.wake = done;
  });
}

/** A ledger that restarts, or hangs, makes a live view stale for a moment; it does not end it. */
async function readPulse(
  ledger: Pick<Ledger, 'pulse'>,
  log: ApiPorts['log'],
  waitMs: number,
): Promise<LedgerPulse | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no pulse in ${waitMs} ms`)), waitMs);
    timer.unref();
  });
  try {
    return await Promise.race([ledger.pulse(), late]);
  } catch (error) {
    log('live_pulse_failed', { error: error instanceof Error ? error.message : String(error) });
    return null;
  } finally {
    clearTimeout(timer);
  }
}
