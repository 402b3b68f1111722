import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { NothingHere } from '../parts/states.tsx';
import { type BucketName, bucketLengthMs, type RangeChoice } from '../view/range.ts';
import { Chart, type Picked } from './chart.tsx';
import { Legend } from './legend.tsx';
import { colourOf, type Palette } from './palette.ts';
import { plotOf } from './plot.ts';
import { axisTime, timeAxis, valueAxis } from './time-axis.ts';
import { tip } from './tip.ts';

export interface TimedSeries {
  readonly name: string;
  readonly colour: number;
  /** One per time; null where nothing was measured. */
  readonly values: readonly (number | null)[];
}

interface SeriesOverTimeProps {
  readonly label: string;
  /** Bucket starts, ms since the Unix epoch. */
  readonly times: readonly number[];
  readonly series: readonly TimedSeries[];
  readonly bucket: BucketName;
  readonly as: 'lines' | 'bars';
  format(value: number): string;
  onZoom(range: RangeChoice): void;
}

/** Lines of measures, or stacked bars of counts, over time. */
export function SeriesOverTime({ label, times, series, bucket, as, format, onZoom }: SeriesOverTimeProps) {
  const build = useCallback(
    (palette: Palette): EChartsCoreOption => ({
      ...plotOf(palette, as === 'bars' ? 'shadow' : 'line', (points) => seriesTip(points, bucket, format)),
      xAxis: timeAxis(times, bucket, palette),
      yAxis: valueAxis(palette, format),
      series: series.map((each) => ({ ...seriesOption(each, palette), ...looks[as] })),
    }),
    [times, series, bucket, as, format],
  );
  const zoom = useCallback(
    (picked: Picked) => {
      const fromMs = Number(picked.name);
      if (bucket !== 'minute' && fromMs > 0) onZoom({ kind: 'fixed', fromMs, toMs: fromMs + bucketLengthMs(bucket) });
    },
    [bucket, onZoom],
  );
  if (times.length === 0) return <NothingHere>Nothing in this range.</NothingHere>;
  return (
    <>
      <Legend series={series} />
      <Chart label={label} heightPx={220} build={build} onPick={zoom} />
    </>
  );
}

const looks = {
  lines: { type: 'line', symbol: 'circle', symbolSize: 5, showSymbol: true, connectNulls: false },
  bars: { type: 'bar', stack: 'all', barMaxWidth: 28, barCategoryGap: '22%', emphasis: { disabled: true } },
} as const;

function seriesOption(series: TimedSeries, palette: Palette) {
  const color = colourOf(palette, series.colour);
  return { id: series.name, name: series.name, color, data: series.values, lineStyle: { width: 2, color } };
}

interface Point {
  readonly name: string;
  readonly seriesName: string;
  readonly value: number | null;
  readonly color: string;
}

function seriesTip(points: unknown, bucket: BucketName, format: (value: number) => string): HTMLElement {
  const all = points as readonly Point[];
  const rows = all
    .filter((point) => typeof point.value === 'number' && point.value > 0)
    .map((point) => ({ colour: point.color, name: point.seriesName, value: format(point.value ?? 0) }));
  return tip(
    axisTime(Number(all[0]?.name), bucket, true),
    rows.length > 0 ? rows : [{ name: 'nothing measured', value: '' }],
  );
}
