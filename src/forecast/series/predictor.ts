import { ExpertBlend } from './expert-blend.ts';
import { ageWeight, hindsightOrigins } from './learning-window.ts';
import { Pool } from './pool.ts';
import { type PreparedSeries, prepare } from './prepared-series.ts';
import { type Hindsight, type Widening, widened, wideningOf } from './recalibrate.ts';
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

  /** Judges the pool by what it said at earlier origins, with what it knew then. */
  #widening(origin: number): Widening {
    const { facts, seasons } = this.series;
    const origins = hindsightOrigins(origin, seasons);
    const hindsight = origins.flatMap((past) =>
      this.#pool.at(past).flatMap((quantiles, step): Hindsight[] => {
        const fact = at(facts, past + step);
        if (past + step >= origin || Number.isNaN(fact)) return [];
        return [{ quantiles, fact, history: past / seasons.short, weight: ageWeight(past, origin, seasons) }];
      }),
    );
    return wideningOf(hindsight, (origin - (origins.at(-1) ?? origin)) / seasons.short, origin / seasons.short);
  }
}
