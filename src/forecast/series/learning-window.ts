import type { Seasons } from './series.ts';

/** Learning looks back this many seasons. */
const seasonsBack = 28;
/** Half-life of what is remembered, in seasons. */
const halfLifeSeasons = 10;
const originsMax = 168;

/** How much something learned at `origin` counts at `end`. */
export function ageWeight(origin: number, end: number, { short }: Seasons): number {
  return 0.5 ** ((end - origin) / (halfLifeSeasons * short));
}

/** The first step that is still looked at. */
export function windowStart(end: number, { short }: Seasons): number {
  return Math.max(0, end - seasonsBack * short);
}

/** Steps between earlier origins whose errors are learned from: every one of a short history, fewer of a long one. */
export function strideOf(end: number, seasons: Seasons): number {
  return Math.max(1, Math.ceil((end - Math.max(seasons.short, windowStart(end, seasons))) / originsMax));
}

/**
 * Earlier origins, latest first, at which forecasts are made again as they would have been made then, to be judged: twice
 * a season, once there were two seasons to learn from.
 */
export function hindsightOrigins(end: number, seasons: Seasons): number[] {
  const spacing = Math.max(1, Math.round(seasons.short / 2));
  const first = Math.max(2 * seasons.short, windowStart(end, seasons));
  const origins: number[] = [];
  for (let origin = end - spacing; origin >= first; origin -= spacing) origins.push(origin);
  return origins;
}

/** Steps ahead that share what is learned: soon, within half a season, then season by season. */
export function stepGroups(horizon: number, { short }: Seasons): number[][] {
  const edges = [Math.max(1, Math.round(short / 8)), Math.max(2, Math.round(short / 2))];
  for (let edge = short; edge < horizon + short; edge += short) edges.push(edge);
  let from = 0;
  return edges.flatMap((edge) => {
    const to = Math.min(edge, horizon);
    const steps = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
    from = Math.max(from, to);
    return steps.length > 0 ? [steps] : [];
  });
}
