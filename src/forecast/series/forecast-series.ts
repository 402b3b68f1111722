import { BurnrateError } from '../../base/index.ts';
import { quantileAt } from './metrics.ts';
import { Predictor } from './predictor.ts';
import { latestOf, type Series, seasonsOf } from './series.ts';

export interface ForecastOptions {
  /** Steps looked ahead; one short season when absent. */
  readonly horizon?: number;
}

/** One step, or the whole horizon: the median and the central 80 % and 95 % intervals. */
export interface StepForecast {
  readonly p50: number;
  readonly low80: number;
  readonly high80: number;
  readonly low95: number;
  readonly high95: number;
}

export interface SeriesForecast {
  readonly series: string;
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: readonly StepForecast[];
  /** The sum over the horizon; null for means, and where no earlier horizon is known to learn its spread from. */
  readonly total: StepForecast | null;
  readonly weights: Readonly<Record<string, number>>;
}

/**
 * What follows a series, by the same method `backtest` judges.
 * @throws BurnrateError SERIES_TOO_SHORT below two short seasons
 */
export function forecastSeries(whole: Series, options: ForecastOptions = {}): SeriesForecast {
  const series = latestOf(whole);
  const { short } = seasonsOf(series.stepMs);
  const end = series.values.length;
  if (end < 2 * short) {
    throw new BurnrateError('SERIES_TOO_SHORT', {
      message: `${series.name} has ${end} steps; ${2 * short} are needed`,
    });
  }
  const predictor = new Predictor(series, options.horizon ?? short, end);
  const { quantiles, weights } = predictor.predict(end);
  const total = series.kind === 'mean' ? null : predictor.predictTotal(end);
  return {
    series: series.name,
    startMs: series.startMs + end * series.stepMs,
    stepMs: series.stepMs,
    steps: quantiles.map(summary),
    total: total === null ? null : summary(total),
    weights,
  };
}

function summary(quantiles: Float64Array): StepForecast {
  return {
    p50: quantileAt(quantiles, 0.5),
    low80: quantileAt(quantiles, 0.1),
    high80: quantileAt(quantiles, 0.9),
    low95: quantileAt(quantiles, 0.025),
    high95: quantileAt(quantiles, 0.975),
  };
}
