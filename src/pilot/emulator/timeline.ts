import type { Random } from '../../base/index.ts';
import { draw } from './draw.ts';
import type { Controls, Generation } from './generation.ts';
import type { Profile } from './profile.ts';
import type { Billing } from './scenario.ts';

/** How many tokens exist at a moment. */
export interface Generated {
  readonly visibleTokens: number;
  readonly reasoningTokens: number;
}

/** When the tokens of one answer come into being; the reader's speed plays no part in it. */
export interface Timeline {
  readonly firstTokenMs: number;
  readonly perTokenMs: number;
  /** Time of the last token. */
  readonly totalMs: number;
  /** When `visibleTokens` exist, ms after the start. */
  dueMs(visibleTokens: number): number;
  generatedAt(elapsedMs: number): Generated;
}

export function timelineOf(
  generation: Generation,
  profile: Profile,
  controls: Controls,
  random: Random,
  inFlight: number,
): Timeline {
  const slowdown = 1 + profile.load.slope * Math.max(0, inFlight - profile.load.knee);
  const firstTokenMs = controls.latencyMs ?? draw(profile.firstTokenMs, random) * slowdown;
  const drawnPerToken = controls.latencyMs === null ? draw(profile.perTokenMs, random) * slowdown : 0;
  const perTokenMs = controls.chunkMs === null ? drawnPerToken : controls.chunkMs / profile.chunkTokens;
  const { visibleTokens, reasoningTokens } = generation;
  const dueMs = (tokens: number): number => firstTokenMs + perTokenMs * Math.max(0, tokens - 1);
  const totalMs = dueMs(visibleTokens);
  return {
    firstTokenMs,
    perTokenMs,
    totalMs,
    dueMs,
    generatedAt(elapsedMs) {
      if (elapsedMs >= totalMs) return { visibleTokens, reasoningTokens };
      // Hidden tokens come first, evenly over the time to the first visible one.
      if (elapsedMs < firstTokenMs)
        return { visibleTokens: 0, reasoningTokens: Math.floor((reasoningTokens * elapsedMs) / firstTokenMs) };
      return { visibleTokens: 1 + Math.floor((elapsedMs - firstTokenMs) / perTokenMs), reasoningTokens };
    },
  };
}

/** What is billed when the client left while `generated` tokens existed. */
export function billedAtDisconnect(billing: Billing, generated: Generated, whole: Generated): Generated {
  if (billing === 'bills-to-end') return whole;
  if (billing === 'stops') return generated;
  const hidden = Math.min(whole.reasoningTokens - generated.reasoningTokens, billing.lagTokens);
  const shown = Math.min(whole.visibleTokens - generated.visibleTokens, billing.lagTokens - hidden);
  return {
    visibleTokens: generated.visibleTokens + shown,
    reasoningTokens: generated.reasoningTokens + hidden,
  };
}
