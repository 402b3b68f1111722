import type { AlertSeverity, Evidence, Finding, WatchedKind } from './alert.ts';
import { minuteMs } from './baseline.ts';

/** An alert as it is kept: it fires once however often its rule sees the same, and ends when the rule has seen nothing for a while. */
export interface Alert {
  readonly id: string;
  /** Rule and subject: while one alert of a key fires, what is seen there belongs to it. */
  readonly key: string;
  readonly rule: string;
  readonly kind: WatchedKind;
  readonly severity: AlertSeverity;
  readonly subject: Readonly<Record<string, string>>;
  readonly state: 'firing' | 'resolved';
  readonly summary: string;
  readonly evidence: Evidence;
  readonly link: string;
  readonly once: boolean;
  readonly startedAtMs: number;
  readonly lastSeenAtMs: number;
  readonly resolvedAtMs: number | null;
  /** Nothing is told of it before this time; 0 when nobody asked for silence. */
  readonly silencedUntilMs: number;
  readonly acknowledgedBy: string | null;
}

/** What changed and is to be told. */
export interface AlertChange {
  readonly alert: Alert;
  readonly change: 'fired' | 'resolved';
}

/** How long a rule must see nothing before its alert ends, so that what wavers is told once. */
const quietMs = 15 * minuteMs;
/** What ended less than this ago and comes back is the same alert again, and is not told anew. */
const reopenMs = 60 * minuteMs;
/** A threshold stays told until its period is over; at most this long. */
const onceForMs = 400 * 24 * 60 * minuteMs;

export function alertKey(finding: Pick<Finding, 'rule' | 'subject'>): string {
  return JSON.stringify([finding.rule, ...Object.entries(finding.subject).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/**
 * Where alerts stand after a look. `known` are those that fire or ended lately, the newest of each key.
 * @returns the alerts that changed in any way, and what is to be told
 */
export function advance(
  known: readonly Alert[],
  findings: readonly Finding[],
  nowMs: number,
  nextId: () => string,
): { readonly changed: Alert[]; readonly tell: AlertChange[] } {
  const byKey = new Map(known.map((alert) => [alert.key, alert]));
  const changed: Alert[] = [];
  const tell: AlertChange[] = [];
  const seen = new Set<string>();
  for (const finding of findings) {
    const key = alertKey(finding);
    if (seen.has(key)) continue;
    seen.add(key);
    const step = seeAgain(byKey.get(key), finding, key, nowMs, nextId);
    if (!step) continue;
    changed.push(step.alert);
    if (step.told) tell.push({ alert: step.alert, change: 'fired' });
  }
  for (const alert of known) {
    if (alert.state === 'resolved' || seen.has(alert.key) || nowMs - alert.lastSeenAtMs < quietMs) continue;
    const resolved = { ...alert, state: 'resolved' as const, resolvedAtMs: nowMs };
    changed.push(resolved);
    if (!alert.once) tell.push({ alert: resolved, change: 'resolved' });
  }
  return { changed, tell };
}

function seeAgain(
  known: Alert | undefined,
  finding: Finding,
  key: string,
  nowMs: number,
  nextId: () => string,
): { readonly alert: Alert; readonly told: boolean } | null {
  const { summary, evidence, link } = finding;
  if (known?.state === 'firing')
    return { alert: { ...known, summary, evidence, link, lastSeenAtMs: nowMs }, told: false };
  if (!finding.fires) return null;
  if (known?.once && nowMs - known.startedAtMs < onceForMs) return null;
  if (known && nowMs - (known.resolvedAtMs ?? 0) < reopenMs) {
    const again = {
      ...known,
      summary,
      evidence,
      link,
      state: 'firing' as const,
      resolvedAtMs: null,
      lastSeenAtMs: nowMs,
    };
    return { alert: again, told: false };
  }
  return { alert: begin(finding, key, nowMs, nextId()), told: true };
}

function begin({ fires: _, once, ...finding }: Finding, key: string, nowMs: number, id: string): Alert {
  return {
    ...finding,
    id,
    key,
    state: 'firing',
    once: once ?? false,
    startedAtMs: nowMs,
    lastSeenAtMs: nowMs,
    resolvedAtMs: null,
    silencedUntilMs: 0,
    acknowledgedBy: null,
  };
}
