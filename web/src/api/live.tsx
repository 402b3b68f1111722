import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { nowMs } from '../clock.ts';
import { type RangeChoice, rangeKey, refreshMsOf } from '../view/range.ts';
import { firstMomentMs } from './early.ts';
import { liveKey } from './live-key.ts';
import type { Pulse } from './schema.ts';

/** `away`: the connection holds, but the ledger behind it does not answer. */
export type LinkState = 'connecting' | 'live' | 'away' | 'lost';

export interface Live {
  readonly link: LinkState;
  readonly paused: boolean;
  readonly pulse: Pulse | null;
  /** When figures were last read again, ms since the Unix epoch; null before the first time. */
  readonly refreshedAtMs: number | null;
  /** The moment all figures on screen are asked for, ms: panels read one after another still agree. */
  readonly moment: { readonly current: number };
  setPaused(paused: boolean): void;
}

const LiveContext = createContext<Live | null>(null);

/**
 * A moving window changes though nothing is appended, and a ledger that is away appends nothing: figures are read again after
 * this long in any case, ms.
 */
const idleRefreshMs = 15_000;

/** Wait before a new connection when the browser has given one up, ms. */
const reconnectMs = 3_000;

export function useLive(): Live {
  const live = use(LiveContext);
  if (live === null) throw new Error('useLive needs a LiveProvider above it');
  return live;
}

interface LiveProviderProps {
  readonly range: RangeChoice;
  readonly children: ReactNode;
}

/** Keeps one event stream open and re-reads what is on screen when the ledger grows, unless paused. */
export function LiveProvider({ range, children }: LiveProviderProps) {
  const refreshMs = refreshMsOf(range);
  const moment = useMoment(rangeKey(range));
  const [paused, setPaused] = useState(false);
  const { link, pulse } = usePulse();
  const refreshedAtMs = useRefresh(pulse?.version ?? null, paused, refreshMs, moment);
  const value = useMemo(
    () => ({ link, paused, pulse, refreshedAtMs, moment, setPaused }),
    [link, paused, pulse, refreshedAtMs, moment],
  );
  return <LiveContext value={value}>{children}</LiveContext>;
}

interface Moment {
  current: number;
}

/** Begins anew when another range is chosen. */
function useMoment(key: string): Moment {
  const [held, setHeld] = useState(() => ({ key, moment: { current: firstMomentMs() } }));
  if (held.key === key) return held.moment;
  const next = { key, moment: { current: nowMs() } };
  setHeld(next);
  return next.moment;
}

function usePulse(): { readonly link: LinkState; readonly pulse: Pulse | null } {
  const [link, setLink] = useState<LinkState>('connecting');
  const [pulse, setPulse] = useState<Pulse | null>(null);
  useEffect(() => {
    return openStream(setLink, setPulse);
  }, []);
  return { link, pulse };
}

/** The browser reconnects by itself after a broken stream, but not after a refused one. */
function openStream(onLink: (link: LinkState) => void, onPulse: (pulse: Pulse) => void): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const connect = () => {
    source = new EventSource('/api/live');
    // An open connection says nothing of the ledger yet; its first event does.
    source.addEventListener('away', () => onLink('away'));
    source.addEventListener('heartbeat', () => onLink('live'));
    source.addEventListener('pulse', (event) => {
      onLink('live');
      onPulse(JSON.parse(String(event.data)) as Pulse);
    });
    source.addEventListener('error', () => {
      onLink('lost');
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(connect, reconnectMs);
    });
  };
  connect();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

/** Reads again once per `refreshMs` at most; a change that comes sooner is read when the time is up. */
function useRefresh(version: number | null, paused: boolean, refreshMs: number, moment: Moment): number | null {
  const client = useQueryClient();
  const [refreshedAtMs, setRefreshedAtMs] = useState<number | null>(null);
  const lastMs = useRef(0);
  const seen = useRef<number | null>(null);
  const refresh = useCallback(() => {
    lastMs.current = nowMs();
    moment.current = lastMs.current;
    setRefreshedAtMs(lastMs.current);
    void client.invalidateQueries({ queryKey: [liveKey], refetchType: 'active' });
  }, [client, moment]);
  useEffect(() => {
    if (version === null || paused || version === seen.current) return;
    const first = seen.current === null;
    const due = () => {
      seen.current = version;
      // The first pulse only tells where the ledger stands; what is on screen was just read.
      if (!first) refresh();
    };
    const timer = setTimeout(due, first ? 0 : Math.max(0, lastMs.current + refreshMs - nowMs()));
    return () => clearTimeout(timer);
  }, [version, paused, refreshMs, refresh]);
  useEffect(() => {
    if (paused) return;
    const dueMs = Math.max(idleRefreshMs, refreshMs);
    const timer = setInterval(() => {
      // Half the time is tolerance: timers do not fire to the millisecond.
      if (nowMs() - lastMs.current >= dueMs / 2) refresh();
    }, dueMs);
    return () => clearInterval(timer);
  }, [paused, refreshMs, refresh]);
  return refreshedAtMs;
}
