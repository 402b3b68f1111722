import { ExpertBlend } from './expert-blend.ts';
import { ageWeight, hindsightOrigins, windowStart } from './learning-window.ts';
import { Pool } from './pool.ts';
import { type PreparedSeries, prepare } from './prepared-series.ts';
import { neededFactor, type Passed, type Widening, widened, wideningOf } from './recalibrate.ts';
import { at, type Series } from './series.ts';
import { type PastTotal, totalQuantiles } from './total.ts';

/** A forecast made at one origin from what lay before it. */
export interface Prediction {
  readonly origin: number;
  /** By step ahead: quantiles at `quantileLevels`, in the unit of the series. */
  readonly quantiles: readonly Float64Array[];
  /** Share of each expert in the blend, averaged over the steps; those without a share are left out. */
  readonly weights: Readonly<Record<string, number>>;
  /** How much wider than the pool's the intervals are. */
  readonly widening: Widening;
}

/** Forecasts a series from any origin on data before it, the width of the intervals included. */
export class Predictor {
  readonly series: PreparedSeries;
  readonly #blend: ExpertBlend;
  readonly #pool: Pool;
  readonly #horizon: number;

  /** @param decided steps at the beginning of the series from which the scale is decided */
  constructor(series: Series, horizon: number, decided: number) {
    this.#horizon = horizon;
    this.series = prepare(series, decided);
    this.#blend = new ExpertBlend(this.series, horizon);
    this.#pool = new Pool(this.series, this.#blend, horizon);
  }

  /** Only values before `origin` are read. */
  predict(origin: number): Prediction {
    const widening = this.#widening(origin);
    const lowest = this.series.scale.lowest;
    const quantiles = this.#pool
      .at(origin)
      .map((step) => widened(step, widening).map((value) => Math.max(lowest, value)));
    return { origin, quantiles, weights: this.#blend.at(origin).weights, widening };
  }

  /** Quantiles of the sum over the whole horizon; null where nothing is expected. */
  predictTotal(origin: number): Float64Array | null {
    const { facts, seasons } = this.series;
    const past = hindsightOrigins(origin, seasons).flatMap((earlier): PastTotal[] => {
      if (earlier + this.#horizon > origin) return [];
      let fact = 0;
      for (let step = 0; step < this.#horizon; step++) fact += at(facts, earlier + step);
      return [{ said: this.#pool.at(earlier), fact, weight: ageWeight(earlier, origin, seasons) }];
    });
    return totalQuantiles(this.#pool.at(origin), past, origin / this.#horizon);
  }

  /**
   * Judges what the pool said a season ago, two seasons ago, and so on, with what it knew then: each season's facts by all
   * of these forecasts that reach it.
   */
  #widening(origin: number): Widening {
    const { seasons } = this.series;
    const first = Math.max(2 * seasons.short, windowStart(origin, seasons));
    const links = Math.max(0, Math.floor((origin - first) / seasons.short));
    const passed = Array.from({ length: links }, (_, link): Passed => {
      const from = origin - (links - link) * seasons.short;
      return { ...this.#needed(from, from - link * seasons.short), history: from / seasons.short };
    });
    return wideningOf(passed, origin / seasons.short);
  }

  /** What intervals needed to hold the facts of the season after `from`, by forecasts made then and each season before, back to `first`. */
  #needed(from: number, first: number): Omit<Passed, 'history'> {
    const { facts, seasons } = this.series;
    const [needed80, needed95]: [number[], number[]] = [[], []];
    for (let made = from; made >= first; made -= seasons.short) {
      const steps = this.#pool.at(made).slice(from - made, from - made + seasons.short);
      steps.forEach((quantiles, ahead) => {
        const fact = at(facts, from + ahead);
        if (Number.isNaN(fact)) return;
        needed80.push(neededFactor(quantiles, fact, 0.8));
        needed95.push(neededFactor(quantiles, fact, 0.95));
      });
    }
    return { needed80, needed95 };
  }
}
