export { findTippingPoint } from '../feedback/index.ts';
export { type BacktestOptions, type BacktestReport, backtest, type Fold } from './backtest.ts';
export { type ForecastOptions, forecastSeries, type SeriesForecast, type StepForecast } from './forecast-series.ts';
export { type Accuracy, crpsOf, naiveError, quantileAt, quantileLevels, smapeOf } from './metrics.ts';
export { readSeriesCsv } from './read-series-csv.ts';
export { hourMs, type Seasons, type Series, type SeriesKind, seasonsOf } from './series.ts';
