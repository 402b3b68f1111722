import { holtWinters } from './holt-winters.ts';
import { seasonProfile } from './profile.ts';
import { at, type Seasons } from './series.ts';

/** One way to look ahead. Everything is on the scale of the series; only `values[0 … end)` may be read. */
export interface Expert {
  readonly name: string;
  /** Share of the blend before any evidence, relative to the others. */
  readonly share: number;
  /** Null when there is not enough history for it. */
  forecast(past: Past): Float64Array | null;
}

/** What is known before an origin, with the parts several experts share. */
export interface Past {
  readonly values: Float64Array;
  readonly end: number;
  readonly horizon: number;
  readonly seasons: Seasons;
  readonly shortProfile: Float64Array | null;
  readonly longProfile: Float64Array | null;
}

export function pastAt(values: Float64Array, end: number, horizon: number, seasons: Seasons): Past {
  const longProfile = seasons.long === null ? null : seasonProfile(values, end, seasons.long);
  return { values, end, horizon, seasons, shortProfile: seasonProfile(values, end, seasons.short), longProfile };
}

/** Half-lives of the levels, as shares of the short season. */
const halfLives = { briefly: 1 / 8, half: 1 / 2, long: 2, always: 7 } as const;

/** The last known value. */
const last: Expert = {
  name: 'last value',
  share: 4,
  forecast: ({ values, end, horizon }) => new Float64Array(horizon).fill(at(values, end - 1)),
};

const level = (name: keyof typeof halfLives): Expert => ({
  name: `level ${name}`,
  share: 1,
  forecast: (past) => onProfile(past, null, halfLives[name]),
});

const profiled = (name: keyof typeof halfLives): Expert => ({
  name: `day shape, level ${name}`,
  share: 1,
  forecast: (past) => (past.shortProfile === null ? null : onProfile(past, past.shortProfile, halfLives[name])),
});

const weekly = (name: keyof typeof halfLives): Expert => ({
  name: `week shape, level ${name}`,
  share: 1,
  forecast: (past) => (past.longProfile === null ? null : onProfile(past, past.longProfile, halfLives[name])),
});

/** The value one season earlier. */
export const seasonalNaive: Expert = {
  name: 'seasonal naive',
  share: 2,
  forecast: ({ values, end, horizon, seasons }) => repeated(values, end, horizon, seasons.short),
};

const weekNaive: Expert = {
  name: 'week naive',
  share: 1,
  forecast: ({ values, end, horizon, seasons }) =>
    seasons.long === null ? null : repeated(values, end, horizon, seasons.long),
};

/** The season before, moved half way to the level now. */
const adjustedNaive: Expert = {
  name: 'seasonal naive, level adjusted',
  share: 1,
  forecast(past) {
    const { values, end, seasons } = past;
    const naive = seasonalNaive.forecast(past);
    if (naive === null || end < 2 * seasons.short) return null;
    const span = Math.max(1, Math.round(seasons.short / 4));
    let moved = 0;
    for (let i = end - span; i < end; i++) moved += (at(values, i) - at(values, i - seasons.short)) / span;
    return naive.map((value) => value + moved / 2);
  },
};

const smoothed: Expert = {
  name: 'damped Holt-Winters',
  share: 1,
  forecast: ({ values, end, horizon, seasons }) => holtWinters(values, end, horizon, seasons.short),
};

export const experts: readonly Expert[] = [
  last,
  level('briefly'),
  level('half'),
  level('long'),
  level('always'),
  seasonalNaive,
  adjustedNaive,
  profiled('briefly'),
  profiled('half'),
  profiled('long'),
  profiled('always'),
  smoothed,
  weekNaive,
  weekly('half'),
  weekly('always'),
];

function repeated(values: Float64Array, end: number, horizon: number, season: number): Float64Array | null {
  if (end < season) return null;
  return Float64Array.from({ length: horizon }, (_, step) => at(values, end - season + (step % season)));
}

/** An exponentially weighted level of what is left once the profile is taken away, with the profile put back on. */
function onProfile(past: Past, profile: Float64Array | null, halfLifeSeasons: number): Float64Array {
  const { values, end, horizon, seasons } = past;
  const season = profile?.length ?? 1;
  const keep = 0.5 ** (1 / (halfLifeSeasons * seasons.short));
  const reach = Math.min(end, Math.ceil(8 * halfLifeSeasons * seasons.short));
  let sum = 0;
  let weightSum = 0;
  let weight = 1;
  for (let back = 1; back <= reach; back++) {
    const phase = season - 1 - ((back - 1) % season);
    sum += weight * ((values[end - back] as number) - (profile ? (profile[phase] as number) : 0));
    weightSum += weight;
    weight *= keep;
  }
  const mean = sum / weightSum;
  return Float64Array.from({ length: horizon }, (_, step) => mean + (profile ? at(profile, step % season) : 0));
}
