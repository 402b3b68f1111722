import { BurnrateError } from '../../base/index.ts';
import { type Baseline, baselineQuantiles, baselines } from './baselines.ts';
import { type Accuracy, AccuracySum, crpsOf, naiveError } from './metrics.ts';
import { type Prediction, Predictor } from './predictor.ts';
import { at, latestOf, type Series, seasonsOf } from './series.ts';

export interface BacktestOptions {
  /** Steps forecast at each origin; one short season (a day of hours) when absent. */
  readonly horizon?: number;
  /** Steps before the first origin; three short seasons when absent. */
  readonly training?: number;
  readonly onFold?: (done: number, of: number) => void;
}

/** One origin: what was used, and how each came out. CRPS is in the unit of the series. */
export interface Fold {
  readonly origin: number;
  readonly used: string;
  readonly crps: number;
  readonly baselineCrps: Readonly<Record<string, number>>;
}

/** How good forecasts of one series were, beside the baselines on the same folds. */
export interface BacktestReport {
  readonly series: string;
  readonly horizon: number;
  readonly folds: number;
  /** What was used at the last fold. */
  readonly model: string;
  /** Share of each expert in the blend at the last fold. */
  readonly weights: Readonly<Record<string, number>>;
  readonly metrics: Accuracy;
  readonly baselines: Readonly<Record<string, Accuracy>>;
  /** Folds at which a baseline was used, because it had been better before them. */
  readonly foldsByBaseline: number;
  readonly details: readonly Fold[];
}

/** Most folds that are scored; the latest ones. */
const foldsMax = 120;
/** Folds a baseline must have been scored on before it can be preferred, and how much better it must have been. */
const proofFolds = 5;
const proofShare = 0.98;

/**
 * Rolling origin: at each fold everything (experts' fits, blend, intervals, and whether a baseline is used instead) is
 * decided on data before it.
 * @throws BurnrateError SERIES_TOO_SHORT when not one fold fits
 */
export function backtest(series: Series, options: BacktestOptions = {}): BacktestReport {
  const recent = latestOf(series);
  const plan = planOf(recent, options);
  const predictor = new Predictor(recent, plan.horizon, plan.training);
  const run = new BacktestRun(recent, predictor, plan.horizon);
  plan.origins.forEach((origin, index) => {
    run.add(origin);
    options.onFold?.(index + 1, plan.origins.length);
  });
  return run.report();
}

interface Plan {
  readonly horizon: number;
  readonly training: number;
  readonly origins: readonly number[];
}

function planOf(series: Series, options: BacktestOptions): Plan {
  const { short } = seasonsOf(series.stepMs);
  const horizon = options.horizon ?? short;
  const training = options.training ?? 3 * short;
  const origins: number[] = [];
  for (let origin = training; origin + horizon <= series.values.length; origin += horizon) origins.push(origin);
  if (origins.length > 0 && training >= 2 * short) {
    return { horizon, training, origins: origins.slice(-foldsMax) };
  }
  throw new BurnrateError('SERIES_TOO_SHORT', {
    message: `${series.name} has ${series.values.length} steps; ${Math.max(training, 2 * short)} to learn from and ${horizon} to check are needed`,
  });
}

interface BaselineScore {
  readonly baseline: Baseline;
  readonly sum: AccuracySum;
  readonly crps: number[];
}

class BacktestRun {
  readonly #series: Series;
  readonly #predictor: Predictor;
  readonly #horizon: number;
  readonly #sum = new AccuracySum();
  readonly #blendCrps: number[] = [];
  readonly #scores: readonly BaselineScore[];
  readonly #folds: Fold[] = [];
  #last: Prediction | null = null;

  constructor(series: Series, predictor: Predictor, horizon: number) {
    this.#series = series;
    this.#predictor = predictor;
    this.#horizon = horizon;
    this.#scores = baselines.map((baseline) => ({ baseline, sum: new AccuracySum(), crps: [] }));
  }

  add(origin: number): void {
    const { values } = this.#series;
    const unit = naiveError(values, origin, this.#predictor.series.seasons.short);
    const prediction = this.#predictor.predict(origin);
    const rivals = this.#scores.map((score) => ({
      score,
      quantiles: baselineQuantiles(score.baseline, this.#predictor.series, origin, this.#horizon),
    }));
    const preferred = this.#preferred();
    const winner = rivals.find(({ score, quantiles }) => score === preferred && quantiles !== null);
    const used = winner?.quantiles ?? prediction.quantiles;
    used.forEach((quantiles, step) => {
      this.#sum.add(quantiles, at(values, origin + step), unit);
    });
    this.#blendCrps.push(this.#foldCrps(prediction.quantiles, origin));
    for (const { score, quantiles } of rivals) {
      score.crps.push(quantiles === null ? Number.NaN : this.#foldCrps(quantiles, origin));
      quantiles?.forEach((each, step) => {
        score.sum.add(each, at(values, origin + step), unit);
      });
    }
    this.#last = prediction;
    this.#folds.push({
      origin,
      used: winner?.score.baseline.name ?? 'blend',
      crps: this.#foldCrps(used, origin),
      baselineCrps: Object.fromEntries(
        rivals.flatMap(({ score, quantiles }) =>
          quantiles === null ? [] : [[score.baseline.name, score.crps.at(-1) ?? 0]],
        ),
      ),
    });
  }

  /** The baseline that beat the blend on the folds before this one, by more than a hair. */
  #preferred(): BaselineScore | null {
    const rivals = this.#scores.flatMap((score) => {
      const pairs = score.crps.flatMap((crps, fold) => {
        const blend = at(this.#blendCrps, fold);
        return Number.isNaN(crps) || Number.isNaN(blend) ? [] : [{ crps, blend }];
      });
      const own = pairs.reduce((sum, pair) => sum + pair.crps, 0);
      const blend = pairs.reduce((sum, pair) => sum + pair.blend, 0);
      return pairs.length >= proofFolds && own < proofShare * blend ? [{ score, ratio: own / blend }] : [];
    });
    return rivals.sort((a, b) => a.ratio - b.ratio)[0]?.score ?? null;
  }

  #foldCrps(quantiles: readonly Float64Array[], origin: number): number {
    const scores = quantiles.flatMap((step, ahead) => {
      const fact = at(this.#series.values, origin + ahead);
      return Number.isNaN(fact) ? [] : [crpsOf(step, fact)];
    });
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  }

  /** @throws BurnrateError SERIES_TOO_SHORT when no step of any fold was measured */
  report(): BacktestReport {
    const metrics = this.#sum.mean();
    if (metrics === null || this.#last === null) {
      throw new BurnrateError('SERIES_TOO_SHORT', { message: `${this.#series.name} has no value in any fold` });
    }
    // A baseline that had too little history for the first folds would be compared on easier ones.
    const compared = this.#scores.filter(({ sum }) => sum.steps === this.#sum.steps);
    return {
      series: this.#series.name,
      horizon: this.#horizon,
      folds: this.#folds.length,
      model: this.#folds.at(-1)?.used ?? 'blend',
      weights: this.#last.weights,
      metrics,
      baselines: Object.fromEntries(
        compared.flatMap(({ baseline, sum }) => {
          const mean = sum.mean();
          return mean === null ? [] : [[baseline.name, mean]];
        }),
      ),
      foldsByBaseline: this.#folds.filter(({ used }) => used !== 'blend').length,
      details: this.#folds,
    };
  }
}
