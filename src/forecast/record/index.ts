export { compareTrees } from './compare-trees.ts';
export {
  compareMonth,
  compareWithFacts,
  type MonthComparison,
  type MonthFacts,
  type TrackRecord,
  trackRecord,
} from './compare-with-facts.ts';
export { coveredRange, forecastIntervals, forecastTree } from './forecast-tree.ts';
export {
  changedInputs,
  type ForecastInputs,
  type ForecastReason,
  type ForecastVersion,
  type KeptForecast,
  type UsdInterval,
} from './forecast-version.ts';
export { inputsOf } from './inputs-of.ts';
export { plainScenario, versionOf } from './version-of.ts';
