export {
  type FeedbackFacts,
  type FeedbackSystem,
  feedbackSystem,
  findTippingPoint,
  simulateFeedback,
  type TippingPoint,
  tippingSensitivity,
} from './feedback/index.ts';
export {
  type Forecast,
  type ForecastOptions,
  forecast,
  type ScenarioForecast,
  type StressRun,
  trialsMax,
} from './forecast.ts';
export { buildModel, type ForecastModel, type ModelOptions, type ModelResult } from './model/build-model.ts';
export type { Measured, ModelProblem, Parameter } from './model/number.ts';
export {
  type Accuracy,
  type BacktestReport,
  backtest,
  type Fold,
  forecastSeries,
  hourMs,
  readSeriesCsv,
  type Series,
  type SeriesForecast,
  type StepForecast,
  seasonsOf,
} from './series/index.ts';
export type { Driver } from './simulate/drivers.ts';
export type { Stats } from './simulate/statistics.ts';
