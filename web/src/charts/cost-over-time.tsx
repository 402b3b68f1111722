import type { EChartsCoreOption } from 'echarts/core';
import { useCallback, useMemo } from 'react';
import type { Costs } from '../api/schema.ts';
import { alignMoney, moneyDigits, showMoney } from '../format/money.ts';
import { NothingHere } from '../parts/states.tsx';
import { type BucketName, bucketLengthMs, type RangeChoice } from '../view/range.ts';
import { Chart, type Picked } from './chart.tsx';
import { Legend } from './legend.tsx';
import { colourOf, type Palette } from './palette.ts';
import { plotOf } from './plot.ts';
import { axisTime, timeAxis, valueAxis } from './time-axis.ts';
import { type StackedTime, stackOverTime } from './time-series.ts';
import { tip } from './tip.ts';

interface CostOverTimeProps {
  readonly costs: Costs;
  readonly bucket: BucketName;
  /** What the bars are stacked by. */
  readonly dimension: string;
  /** A bar was clicked: show that stretch of time. */
  onZoom(range: RangeChoice): void;
}

/** Stacked bars of what was spent per minute, hour or day. */
export function CostOverTime({ costs, bucket, dimension, onZoom }: CostOverTimeProps) {
  const stacked = useMemo(() => stackOverTime(costs, bucket, dimension), [costs, bucket, dimension]);
  const build = useCallback((palette: Palette) => barOption(stacked, bucket, palette), [stacked, bucket]);
  const zoom = useCallback(
    (picked: Picked) => {
      const fromMs = Number(picked.name);
      if (bucket !== 'minute' && fromMs > 0) onZoom({ kind: 'fixed', fromMs, toMs: fromMs + bucketLengthMs(bucket) });
    },
    [bucket, onZoom],
  );
  if (stacked.times.length === 0) return <NothingHere>No calls in this range.</NothingHere>;
  const label = `Cost per ${bucket}, stacked by ${dimension}: ${showMoney(costs.totalUsd)} in all.`;
  return (
    <>
      <Legend series={stacked.series} />
      <Chart label={label} heightPx={240} build={build} onPick={zoom} />
    </>
  );
}

function barOption(stacked: StackedTime, bucket: BucketName, palette: Palette): EChartsCoreOption {
  return {
    ...plotOf(palette, 'shadow', (points) => barTip(points, bucket)),
    xAxis: timeAxis(stacked.times, bucket, palette),
    yAxis: valueAxis(palette, axisDollars),
    series: stacked.series.map((series) => ({
      id: series.name,
      name: series.name,
      type: 'bar',
      stack: 'cost',
      barMaxWidth: 28,
      barCategoryGap: '22%',
      color: colourOf(palette, series.colour),
      emphasis: { disabled: true },
      data: series.values,
    })),
  };
}

interface BarPoint {
  readonly name: string;
  readonly seriesName: string;
  readonly value: number;
  readonly color: string;
}

function barTip(points: unknown, bucket: BucketName): HTMLElement {
  const shown = (points as readonly BarPoint[]).filter((point) => point.value > 0).reverse();
  const first = (points as readonly BarPoint[])[0];
  const sum = shown.reduce((total, point) => total + point.value, 0);
  const rows = shown.map((point) => ({
    colour: point.color,
    name: point.seriesName,
    value: dollars(point.value, sum),
  }));
  const total = shown.length > 1 ? [{ name: 'all', value: dollars(sum, sum) }] : [];
  const empty = shown.length === 0 ? [{ name: 'nothing spent', value: '' }] : [];
  return tip(axisTime(Number(first?.name), bucket, true), [...rows, ...total, ...empty]);
}

/** Sums of chart values are near enough for a tooltip; the table beside it is exact. */
function dollars(value: number, largest: number): string {
  return alignMoney(value.toFixed(12), moneyDigits(largest.toFixed(12)));
}

function axisDollars(value: number): string {
  if (value === 0) return '$0';
  const digits = Math.max(0, Math.min(8, 1 - Math.floor(Math.log10(Math.abs(value)))));
  return `$${Number(value.toFixed(digits)).toLocaleString('en-US', { maximumFractionDigits: 8 })}`;
}
