import { blended, blendWeights, type Lessons } from './blend-weights.ts';
import { ExpertTable } from './expert-table.ts';
import { experts } from './experts.ts';
import { ageWeight, stepGroups, strideOf, windowStart } from './learning-window.ts';
import { quantileLevels } from './metrics.ts';
import type { PreparedSeries } from './prepared-series.ts';
import { at } from './series.ts';
import { weightedQuantiles } from './weighted-quantiles.ts';

/** What the blend of experts says at one origin. */
export interface BlendForecast {
  /** By step ahead, in the unit of the series: quantiles of the blend's own past errors around it. */
  readonly quantiles: readonly Float64Array[];
  /** Share of each expert, averaged over the steps; those without a share are left out. */
  readonly weights: Readonly<Record<string, number>>;
}

/** Past forecasts a blend is fitted to at most; taken evenly from all of them. */
const lessonsMax = 800;

/** Blends experts on the scale of the series, by their absolute errors at earlier origins. */
export class ExpertBlend {
  readonly #series: PreparedSeries;
  readonly #table: ExpertTable;
  readonly #horizon: number;
  readonly #known = new Map<number, BlendForecast>();

  constructor(series: PreparedSeries, horizon: number) {
    this.#series = series;
    this.#horizon = horizon;
    this.#table = new ExpertTable(series.scaled, horizon, series.seasons);
  }

  /** Only values before `origin` are read. */
  at(origin: number): BlendForecast {
    const known = this.#known.get(origin);
    if (known) return known;
    const made = this.#blend(origin);
    this.#known.set(origin, made);
    return made;
  }

  #blend(origin: number): BlendForecast {
    const origins = this.#origins(origin);
    const now = this.#table.at(origin);
    const prior = priorOf(now.known);
    const groups = stepGroups(this.#horizon, this.#series.seasons).map((steps) => {
      return { steps, weights: blendWeights(this.#lessons(origins, steps, origin), prior) };
    });
    const weightsAt = Array.from(
      { length: this.#horizon },
      (_, step) => groups.find(({ steps }) => steps.includes(step))?.weights ?? new Float64Array(0),
    );
    const errors = this.#errors(origins, origin, weightsAt);
    const quantiles = weightsAt.map((weights, step) =>
      this.#spread(blended(now.forecasts, weights, step), errors, step),
    );
    return { quantiles, weights: named(this.#table.names, weightsAt) };
  }

  #origins(end: number): number[] {
    const { seasons } = this.#series;
    const first = Math.max(seasons.short, windowStart(end, seasons));
    const stride = strideOf(end, seasons);
    const origins: number[] = [];
    for (let origin = end - 1; origin >= first; origin -= stride) origins.push(origin);
    return origins;
  }

  #lessons(origins: readonly number[], steps: readonly number[], end: number): Lessons {
    const { facts, scale, seasons } = this.#series;
    const rows = origins.flatMap((origin) =>
      steps.flatMap((step) => {
        const known = origin + step < end && !Number.isNaN(at(facts, origin + step));
        return known ? [{ origin, step }] : [];
      }),
    );
    const every = Math.ceil(rows.length / lessonsMax);
    const kept = rows.filter((_, index) => index % every === 0);
    return {
      inputs: this.#table.names.map((_, i) =>
        Float64Array.from(kept, ({ origin, step }) => at(this.#table.at(origin).forecasts[i] ?? [], step)),
      ),
      facts: Float64Array.from(kept, ({ origin, step }) => scale.to(at(facts, origin + step))),
      weights: Float64Array.from(kept, ({ origin }) => ageWeight(origin, end, seasons)),
      seasons: (origins.length * strideOf(end, seasons)) / seasons.short,
    };
  }

  #errors(origins: readonly number[], end: number, weightsAt: readonly Float64Array[]): PastErrors[] {
    const { facts, scale, seasons } = this.#series;
    return weightsAt.map((weights, step) => {
      const known = origins.filter((origin) => origin + step < end && !Number.isNaN(at(facts, origin + step)));
      const said = (origin: number): number => blended(this.#table.at(origin).forecasts, weights, step);
      return {
        errors: known.map((origin) => scale.to(at(facts, origin + step)) - said(origin)),
        weights: known.map((origin) => ageWeight(origin, end, seasons)),
      };
    });
  }

  /**
   * Errors of neighbouring steps count too, of the more steps the further ahead. Further than was ever looked, those of
   * the furthest step that was.
   */
  #spread(middle: number, past: readonly PastErrors[], step: number): Float64Array {
    const furthest = past.findLastIndex(({ errors }) => errors.length > 0);
    const nearest = Math.max(0, Math.min(step, furthest));
    const reach = 1 + Math.floor(nearest / 4);
    const near = past.slice(Math.max(0, nearest - reach), nearest + reach + 1);
    const errors = Float64Array.from(near.flatMap((each) => each.errors));
    if (errors.length === 0) return new Float64Array(quantileLevels.length).fill(this.#series.scale.from(middle));
    const weights = Float64Array.from(near.flatMap((each) => each.weights));
    const offsets = weightedQuantiles(errors, weights, quantileLevels);
    return Float64Array.from(offsets, (offset) => this.#series.scale.from(middle + offset));
  }
}

/** Of one step ahead, and how much each counts. */
interface PastErrors {
  readonly errors: readonly number[];
  readonly weights: readonly number[];
}

function priorOf(known: readonly boolean[]): Float64Array {
  const shares = known.map((is, i) => (is ? (experts[i]?.share ?? 1) : 0));
  const sum = shares.reduce((total, share) => total + share, 0);
  return Float64Array.from(shares, (share) => share / sum);
}

function named(names: readonly string[], weightsAt: readonly Float64Array[]): Record<string, number> {
  const shares = names.map((name, i): [string, number] => {
    const sum = weightsAt.reduce((total, weights) => total + at(weights, i), 0);
    return [name, sum / weightsAt.length];
  });
  return Object.fromEntries(shares.filter(([, share]) => share >= 0.005).sort((a, b) => b[1] - a[1]));
}
