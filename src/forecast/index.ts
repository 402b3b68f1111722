export { modelOffers, switchableStages } from './browser/model-offers.ts';
export { type PortableModel, portableModel, readModel } from './browser/portable-model.ts';
export {
  forecastWithSliders,
  type SliderNumber,
  type SliderRun,
  type Sliders,
  sliderNumbers,
} from './browser/sliders.ts';
export {
  type CalibrationRow,
  type Measures,
  measure,
  type Proposal,
  proposeEdits,
  rowOfAttempts,
} from './calibrate/index.ts';
export { asItIs, type Candidate, compareCandidates, withAlternative } from './compare/alternatives.ts';
export { checkChange } from './compare/check-change.ts';
export { type ContextTrim, contextTrim } from './compare/context-trim.ts';
export { simulateFeedback } from './feedback/index.ts';
export {
  type Forecast,
  forecast,
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
export { buildModel, type ForecastModel, type ModelOptions } from './model/build-model.ts';
export { type FactorName, factorNames } from './model/changes.ts';
export { type ModelProblem, meanOfQuantity } from './model/number.ts';
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
  plainScenario,
  type TrackRecord,
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
  forecastSeries,
  readSeriesCsv,
  type Series,
  seasonsOf,
} from './series/index.ts';
