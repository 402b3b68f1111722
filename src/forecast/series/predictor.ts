import { probit } from '../normal.ts';
import { blended, blendWeights, type Lessons } from './blend-weights.ts';
import { ExpertTable } from './expert-table.ts';
import { experts } from './experts.ts';
import { fillGaps } from './fill-gaps.ts';
import { quantileLevels } from './metrics.ts';
import { type Hindsight, type Widening, widened, wideningOf } from './recalibrate.ts';
import { type Scale, scaleOf } from './scale.ts';
import { at, type Seasons, type Series, seasonsOf } from './series.ts';
import { studentQuantile } from './student-t.ts';
import { weightedQuantiles } from './weighted-quantiles.ts';

/** A forecast made at one origin from what lay before it. */
export interface Prediction {
  readonly origin: number;
  /** By step ahead: quantiles at `quantileLevels`. */
  readonly quantiles: readonly Float64Array[];
  /** Share of each expert in the blend, averaged over the steps; those without a share are left out. */
  readonly weights: Readonly<Record<string, number>>;
  /** How much wider than the blend's own past errors the intervals are. */
  readonly widening: Widening;
}

/** Calibration looks back this many seasons. */
const seasonsBack = 28;
const originsMax = 168;
/**
 * How far the sum of a horizon usually ends from its forecast, as a logarithm, and how many horizons that belief is
 * worth: a fifth is what totals of days and weeks of LLM traffic move without an event.
 */
const usualMove = 0.2;
const usualFreedom = 4;
/** Past forecasts a blend is fitted to at most; taken evenly from all of them. */
const lessonsMax = 800;
/** Half-life of what calibration remembers, in seasons. */
const halfLifeSeasons = 10;

/** Blends experts and calibrates their errors, at any origin, on data before it. */
export class Predictor {
  readonly scale: Scale;
  readonly seasons: Seasons;
  readonly #series: Series;
  readonly #scaled: Float64Array;
  readonly #table: ExpertTable;
  readonly #horizon: number;
  readonly #raw = new Map<number, RawPrediction>();

  /** @param decided steps at the beginning of the series from which the scale is decided */
  constructor(series: Series, horizon: number, decided: number) {
    this.#series = series;
    this.#horizon = horizon;
    this.seasons = seasonsOf(series.stepMs);
    this.scale = scaleOf(series.values.subarray(0, decided));
    const filled = fillGaps(series.values, this.seasons.short);
    this.#scaled = filled.map((value) => this.scale.to(value));
    this.#table = new ExpertTable(this.#scaled, horizon, this.seasons);
  }

  /** Only values before `origin` are read. */
  predict(origin: number): Prediction {
    const raw = this.#rawAt(origin);
    const widening = this.#widening(origin);
    const quantiles = raw.quantiles.map((step) => widened(step, widening).map((value) => this.scale.from(value)));
    return { origin, quantiles, weights: raw.weights, widening };
  }

  /**
   * Quantiles of the sum over the whole horizon. Errors of hours hang together, so they do not add up like independent
   * ones: the spread is that of the sums earlier forecasts missed, beside what such sums usually move while few
   * horizons have passed (Student's t, its scale and freedom from both). Null where nothing is expected.
   */
  predictTotal(origin: number): Float64Array | null {
    let [squares, weights] = [0, 0];
    const season = this.seasons.short;
    const stride = this.#stride(origin);
    for (let past = origin - this.#horizon; past >= 1.5 * season; past -= stride) {
      const [fact, said] = [this.#factOver(past), meanTotal(this.#rawAt(past), this.scale)];
      if (!(fact > 0 && said > 0)) continue;
      squares += this.#age(past, origin) * Math.log(fact / said) ** 2;
      weights += this.#age(past, origin);
    }
    const said = meanTotal(this.#rawAt(origin), this.scale);
    if (said <= 0) return null;
    const passed = weights === 0 ? 0 : Math.max(0, origin / this.#horizon - 1);
    const known = passed === 0 ? 0 : (passed * squares) / weights;
    const freedom = usualFreedom + passed;
    const scale = Math.sqrt((usualFreedom * usualMove ** 2 + known) / freedom);
    return Float64Array.from(
      quantileLevels,
      (level) => said * Math.exp(scale * studentQuantile(probit(level), freedom)),
    );
  }

  #factOver(origin: number): number {
    let sum = 0;
    for (let step = 0; step < this.#horizon; step++) sum += at(this.#series.values, origin + step);
    return sum;
  }

  /** Judges the blend by what it said at earlier origins, with what it knew then. */
  #widening(origin: number): Widening {
    const season = this.seasons.short;
    const spacing = Math.max(1, Math.round(season / 2));
    const hindsight: Hindsight[] = [];
    let earliest = origin;
    for (let past = origin - spacing; past >= 2 * season && past >= origin - seasonsBack * season; past -= spacing) {
      this.#rawAt(past).quantiles.forEach((quantiles, step) => {
        const fact = at(this.#series.values, past + step);
        if (past + step >= origin || Number.isNaN(fact)) return;
        hindsight.push({
          quantiles,
          fact: this.scale.to(fact),
          history: past / season,
          weight: this.#age(past, origin),
        });
      });
      earliest = past;
    }
    return wideningOf(hindsight, (origin - earliest) / season, origin / season);
  }

  #rawAt(origin: number): RawPrediction {
    const known = this.#raw.get(origin);
    if (known) return known;
    const made = this.#blend(origin);
    this.#raw.set(origin, made);
    return made;
  }

  #blend(origin: number): RawPrediction {
    const origins = this.#origins(origin);
    const now = this.#table.at(origin);
    const groups = stepGroups(this.#horizon, this.seasons.short).map((steps) => {
      const prior = priorOf(now.known);
      return { steps, weights: blendWeights(this.#lessons(origins, steps, origin), prior) };
    });
    const weightsAt = Array.from(
      { length: this.#horizon },
      (_, step) => groups.find(({ steps }) => steps.includes(step))?.weights ?? new Float64Array(0),
    );
    const errors = this.#errors(origins, origin, weightsAt);
    const quantiles = weightsAt.map((weights, step) => {
      const middle = blended(now.forecasts, weights, step);
      return this.#spread(middle, errors, step);
    });
    return { quantiles, weights: named(this.#table.names, weightsAt) };
  }

  #origins(end: number): number[] {
    const first = Math.max(this.seasons.short, end - seasonsBack * this.seasons.short);
    const stride = this.#stride(end);
    const origins: number[] = [];
    for (let origin = end - 1; origin >= first; origin -= stride) origins.push(origin);
    return origins;
  }

  /** Steps between the earlier origins that are learned from: every one of a short history, fewer of a long one. */
  #stride(end: number): number {
    const window = Math.min(end - this.seasons.short, seasonsBack * this.seasons.short);
    return Math.max(1, Math.ceil(window / originsMax));
  }

  #age(origin: number, end: number): number {
    return 0.5 ** ((end - origin) / (halfLifeSeasons * this.seasons.short));
  }

  #lessons(origins: readonly number[], steps: readonly number[], end: number): Lessons {
    const rows = origins.flatMap((origin) =>
      steps.flatMap((step) => {
        const known = origin + step < end && !Number.isNaN(at(this.#series.values, origin + step));
        return known ? [{ origin, step }] : [];
      }),
    );
    const every = Math.ceil(rows.length / lessonsMax);
    const kept = rows.filter((_, index) => index % every === 0);
    return {
      inputs: this.#table.names.map((_, i) =>
        Float64Array.from(kept, ({ origin, step }) => at(this.#table.at(origin).forecasts[i] ?? [], step)),
      ),
      facts: Float64Array.from(kept, ({ origin, step }) => this.scale.to(at(this.#series.values, origin + step))),
      weights: Float64Array.from(kept, ({ origin }) => this.#age(origin, end)),
      seasons: (origins.length * this.#stride(end)) / this.seasons.short,
    };
  }

  #errors(origins: readonly number[], end: number, weightsAt: readonly Float64Array[]): PastError[][] {
    return weightsAt.map((weights, step) =>
      origins.flatMap((origin) => {
        const fact = at(this.#series.values, origin + step);
        if (origin + step >= end || Number.isNaN(fact)) return [];
        const said = blended(this.#table.at(origin).forecasts, weights, step);
        return [{ error: this.scale.to(fact) - said, weight: this.#age(origin, end) }];
      }),
    );
  }

  #spread(middle: number, errors: readonly PastError[][], step: number): Float64Array {
    const reach = 1 + Math.floor(step / 4);
    const near = errors.slice(Math.max(0, step - reach), step + reach + 1).flat();
    const offsets = weightedQuantiles(
      Float64Array.from(near, ({ error }) => error),
      Float64Array.from(near, ({ weight }) => weight),
      quantileLevels,
    );
    return Float64Array.from(offsets, (offset) => middle + offset);
  }
}

/** On the scale of the series, before intervals are widened. */
interface RawPrediction {
  readonly quantiles: readonly Float64Array[];
  readonly weights: Readonly<Record<string, number>>;
}

/** The sum of the means of the steps; medians of skewed steps would add up to less. */
function meanTotal({ quantiles }: RawPrediction, scale: Scale): number {
  const meanOf = (step: Float64Array): number =>
    step.reduce((sum, value) => sum + scale.from(value), 0) / quantileLevels.length;
  return quantiles.reduce((sum, step) => sum + meanOf(step), 0);
}

interface PastError {
  readonly error: number;
  readonly weight: number;
}

function priorOf(known: readonly boolean[]): Float64Array {
  const shares = known.map((is, i) => (is ? (experts[i]?.share ?? 1) : 0));
  const sum = shares.reduce((total, share) => total + share, 0);
  return Float64Array.from(shares, (share) => share / sum);
}

/** Steps ahead that share their blend: soon, within half a season, then season by season. */
function stepGroups(horizon: number, season: number): number[][] {
  const edges = [Math.max(1, Math.round(season / 8)), Math.max(2, Math.round(season / 2))];
  for (let edge = season; edge < horizon + season; edge += season) edges.push(edge);
  let from = 0;
  return edges.flatMap((edge) => {
    const to = Math.min(edge, horizon);
    const steps = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
    from = Math.max(from, to);
    return steps.length > 0 ? [steps] : [];
  });
}

function named(names: readonly string[], weightsAt: readonly Float64Array[]): Record<string, number> {
  const shares = names.map((name, i): [string, number] => {
    const sum = weightsAt.reduce((total, weights) => total + at(weights, i), 0);
    return [name, sum / weightsAt.length];
  });
  return Object.fromEntries(shares.filter(([, share]) => share >= 0.005).sort((a, b) => b[1] - a[1]));
}
