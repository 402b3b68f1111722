import { blendWeights, type Lessons } from './blend-weights.ts';
import { type Candidates, candidatesAt } from './candidates.ts';
import type { ExpertBlend } from './expert-blend.ts';
import { ageWeight, hindsightOrigins, stepGroups } from './learning-window.ts';
import { quantileLevels } from './metrics.ts';
import type { PreparedSeries } from './prepared-series.ts';
import { at } from './series.ts';
import { weightedQuantiles } from './weighted-quantiles.ts';

/** Every tenth of the stated quantiles is enough to learn shares from. */
const learnedQuantiles = quantileLevels.flatMap((_, i) => (i % 10 === 4 ? [i] : []));
/**
 * Share of the past in every forecast, as a mixture: a series that was at a level may come back to it, whatever its
 * latest errors were. It widens tails where the centre has moved away, and hardly anything where it has not.
 */
const returnShare = 0.1;

/**
 * Pools whole forecasts (the blend's, the baselines', the past): quantiles are averaged with the shares that would have
 * scored best at earlier origins (CRPS learning; Berrisch and Ziel 2021), then mixed with a little of the past.
 */
export class Pool {
  readonly #series: PreparedSeries;
  readonly #blend: ExpertBlend;
  readonly #horizon: number;
  readonly #candidates = new Map<number, Candidates>();
  readonly #known = new Map<number, readonly Float64Array[]>();

  constructor(series: PreparedSeries, blend: ExpertBlend, horizon: number) {
    this.#series = series;
    this.#blend = blend;
    this.#horizon = horizon;
  }

  /** Quantiles by step ahead, in the unit of the series. Only values before `origin` are read. */
  at(origin: number): readonly Float64Array[] {
    const known = this.#known.get(origin);
    if (known) return known;
    const now = this.#candidatesAt(origin);
    const quantiles: Float64Array[] = [];
    for (const steps of stepGroups(this.#horizon, this.#series.seasons)) {
      const shares = blendWeights(this.#lessons(origin, steps), now.prior);
      for (const step of steps) {
        quantiles[step] = mixed(averaged(now, shares, step), now.past[step] ?? new Float64Array(0));
      }
    }
    this.#known.set(origin, quantiles);
    return quantiles;
  }

  #candidatesAt(origin: number): Candidates {
    const known = this.#candidates.get(origin);
    if (known) return known;
    const made = candidatesAt(this.#series, this.#blend, origin, this.#horizon);
    this.#candidates.set(origin, made);
    return made;
  }

  #lessons(end: number, steps: readonly number[]): Lessons {
    const { facts, seasons } = this.#series;
    const origins = hindsightOrigins(end, seasons);
    const places = origins.flatMap((origin) =>
      steps.flatMap((step) => {
        const known = origin + step < end && !Number.isNaN(at(facts, origin + step));
        return known ? [{ step, fact: at(facts, origin + step), candidates: this.#candidatesAt(origin), origin }] : [];
      }),
    );
    const perPlace = learnedQuantiles.length;
    const spread = (of: (place: (typeof places)[number]) => number): Float64Array =>
      Float64Array.from({ length: places.length * perPlace }, (_, row) => {
        const place = places[Math.floor(row / perPlace)];
        return place ? of(place) : Number.NaN;
      });
    return {
      inputs: this.#candidatesAt(end).quantiles.map((_, candidate) => {
        const said = places.map(
          ({ candidates, step }) => candidates.quantiles[candidate]?.[step] ?? new Float64Array(0),
        );
        return Float64Array.from(said.flatMap((quantiles) => learnedQuantiles.map((index) => at(quantiles, index))));
      }),
      facts: spread(({ fact }) => fact),
      levels: Float64Array.from(places.flatMap(() => learnedQuantiles.map((index) => at(quantileLevels, index)))),
      weights: spread(({ origin }) => ageWeight(origin, end, seasons)),
      seasons: (end - (origins.at(-1) ?? end)) / seasons.short,
    };
  }
}

function averaged({ quantiles }: Candidates, shares: Float64Array, step: number): Float64Array {
  return Float64Array.from(quantileLevels, (_, level) =>
    quantiles.reduce((sum, each, i) => sum + at(shares, i) * at(each[step] ?? [], level), 0),
  );
}

function mixed(said: Float64Array, past: Float64Array): Float64Array {
  const values = Float64Array.from([...said, ...past]);
  const weights = values.map((_, i) => (i < said.length ? 1 - returnShare : returnShare));
  return Float64Array.from(weightedQuantiles(values, weights, quantileLevels));
}
