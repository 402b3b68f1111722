import type { CalibrationRow } from './calibration-row.ts';
import { type Estimate, quantileEstimate, shareEstimate } from './confidence.ts';
import type { Spread } from './measure.ts';

export interface SessionMeasures {
  readonly sessions: number;
  /** Interactions in a session: calls that are no regeneration. */
  readonly interactions: Spread;
  readonly meanInteractions: number;
  /** Share of sessions by how many calls they had; the last stands for that many or more. */
  readonly depthShares: Readonly<Record<string, Estimate>>;
  /** Calls that followed the one before within thirty seconds, over the other calls. */
  readonly regenerationsPerInteraction: Estimate;
  /** Seconds between one call of a session and the next, the median; null when no session has two. */
  readonly gapSecondsP50: number | null;
}

/** A call so soon after the one before asks for the same thing again: nobody reads an answer and writes a new question in less. */
export const regenerationGapMs = 30_000;
const depthShown = 5;

/** Sessions as they were, cut where the record is cut. Null where no call names one. */
export function measureSessions(rows: readonly CalibrationRow[]): SessionMeasures | null {
  const times = new Map<string, number[]>();
  for (const { session, atMs } of rows) {
    if (session === null) continue;
    const known = times.get(session);
    if (known) known.push(atMs);
    else times.set(session, [atMs]);
  }
  if (times.size === 0) return null;
  const sessions = [...times.values()];
  const gaps = Float64Array.from(sessions.flatMap(gapsOf)).sort();
  const soon = gaps.filter((gap) => gap < regenerationGapMs).length;
  const calls = sessions.reduce((sum, own) => sum + own.length, 0);
  const interactions = Float64Array.from(sessions, (own) => own.length - soonIn(own)).sort();
  return {
    sessions: sessions.length,
    interactions: {
      count: sessions.length,
      p50: quantileEstimate(interactions, 0.5),
      p90: quantileEstimate(interactions, 0.9),
      p99: quantileEstimate(interactions, 0.99),
    },
    meanInteractions: (calls - soon) / sessions.length,
    depthShares: depthShares(sessions.map((own) => own.length)),
    regenerationsPerInteraction: perInteraction(shareEstimate(soon, calls)),
    gapSecondsP50: gaps.length === 0 ? null : quantileEstimate(gaps, 0.5).value / 1_000,
  };
}

const gapsOf = (times: readonly number[]): number[] => times.slice(1).map((at, index) => at - (times[index] ?? at));
const soonIn = (times: readonly number[]): number => gapsOf(times).filter((gap) => gap < regenerationGapMs).length;

/** From the share of all calls to the odds: regenerations for each call that is none. */
function perInteraction(share: Estimate): Estimate {
  const odds = (each: number): number => each / Math.max(1e-9, 1 - each);
  return { value: odds(share.value), low: odds(share.low), high: odds(share.high) };
}

function depthShares(depths: readonly number[]): Record<string, Estimate> {
  const names = Array.from({ length: depthShown }, (_, i) => i + 1);
  return Object.fromEntries(
    names.map((depth) => {
      const last = depth === depthShown;
      const hits = depths.filter((own) => (last ? own >= depth : own === depth)).length;
      return [last ? `${depth}+` : String(depth), shareEstimate(hits, depths.length)];
    }),
  );
}
