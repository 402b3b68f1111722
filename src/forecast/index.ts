export { modelOffers, switchableStages } from './browser/model-offers.ts';
export { type PortableModel, portableModel, readModel, type SlidingModel } from './browser/portable-model.ts';
export {
  forecastWithSliders,
  type SliderNumber,
  type SliderRun,
  type Sliders,
  sliderNumbers,
} from './browser/sliders.ts';
export {
  type CalibrationRow,
  type Estimate,
  type Measures,
  measure,
  type Proposal,
  proposeEdits,
  rowOfAttempts,
} from './calibrate/index.ts';
export { asItIs, type Candidate, compareCandidates, withAlternative } from './compare/alternatives.ts';
export { type ChangeReport, checkChange } from './compare/check-change.ts';
export { type ContextTrim, contextTrim } from './compare/context-trim.ts';
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
export {
  explainMissing,
  type MeasuredValue,
  type MeasuredValues,
  measuredLookup,
  measuredNotes,
  measuredPaths,
  type RecordOfStage,
  readMeasured,
} from './measured/measured-values.ts';
export { buildModel, type ForecastModel, type ModelOptions, type ModelResult } from './model/build-model.ts';
export { type FactorName, factorNames } from './model/changes.ts';
export { type Measured, type ModelProblem, meanOfQuantity, type Parameter } from './model/number.ts';
export {
  changedInputs,
  compareMonth,
  compareTrees,
  compareWithFacts,
  coveredRange,
  type ForecastInputs,
  type ForecastReason,
  type ForecastVersion,
  forecastIntervals,
  forecastTree,
  inputsOf,
  type KeptForecast,
  type MonthComparison,
  type MonthFacts,
  type NodeComparison,
  plainScenario,
  type TrackRecord,
  type TreeComparison,
  trackRecord,
  type UsdInterval,
  versionOf,
} from './record/index.ts';
export { changeMarkdown, changeText } from './report/change-text.ts';
export { compareReport, compareText } from './report/compare-text.ts';
export { renderForecastHtml } from './report/forecast-html.ts';
export { reportForecast } from './report/forecast-report.ts';
export { forecastText } from './report/forecast-text.ts';
export type { ForecastReport, ScenarioReport } from './report/report-types.ts';
export type { SpentSoFar } from './scenario/budgets.ts';
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
export { attemptsThroughLayers, expectedAttempts } from './simulate/call-cost.ts';
export type { Driver } from './simulate/drivers.ts';
export type { Stats } from './simulate/statistics.ts';
