import { fillGaps } from './fill-gaps.ts';
import { type Scale, scaleOf } from './scale.ts';
import { type Seasons, type Series, seasonsOf } from './series.ts';

/** A series with what every part of a forecast asks of it. */
export interface PreparedSeries {
  readonly seasons: Seasons;
  readonly scale: Scale;
  /** What was measured; NaN where nothing was. Forecasts are judged by these. */
  readonly facts: Float64Array;
  /** The same without gaps, in the unit of the series and on its scale. Forecasts are made from these. */
  readonly filled: Float64Array;
  readonly scaled: Float64Array;
}

/** @param decided steps at the beginning of the series from which the scale is decided */
export function prepare(series: Series, decided: number): PreparedSeries {
  const seasons = seasonsOf(series.stepMs);
  const scale = scaleOf(series.values.subarray(0, decided));
  const filled = fillGaps(series.values, seasons.short);
  return { seasons, scale, facts: series.values, filled, scaled: filled.map((value) => scale.to(value)) };
}
