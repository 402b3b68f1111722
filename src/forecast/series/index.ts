export { type BacktestReport, backtest } from './backtest.ts';
export { forecastSeries } from './forecast-series.ts';
export type { Accuracy } from './metrics.ts';
export { readSeriesCsv } from './read-series-csv.ts';
export { hourMs, type Series, seasonsOf } from './series.ts';
