export {
  compareWithFacts,
  type Miss,
  type MonthComparison,
  type MonthFacts,
  type TrackRecord,
  trackRecord,
} from './compare-with-facts.ts';
export { byLine, forecastTree } from './forecast-tree.ts';
export {
  changedInputs,
  type ForecastInputs,
  type ForecastMonth,
  type ForecastNode,
  type ForecastRecords,
  type ForecastVersion,
  fingerprintOf,
  type UsdInterval,
} from './forecast-version.ts';
export { versionOf } from './version-of.ts';
