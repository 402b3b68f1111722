import type { EChartsCoreOption } from 'echarts/core';
import { useCallback, useMemo } from 'react';
import type { Costs } from '../api/schema.ts';
import { alignMoney, moneyDigits, showMoney } from '../format/money.ts';
import { hourCycle } from '../format/time.ts';
import { NothingHere } from '../parts/states.tsx';
import { type BucketName, bucketLengthMs, type RangeChoice } from '../view/range.ts';
import { Chart, type Picked } from './chart.tsx';
import { Legend } from './legend.tsx';
import { colourOf, type Palette } from './palette.ts';
import { type StackedTime, stackOverTime } from './time-series.ts';
import { tip, tipLook } from './tip.ts';

/** With more hours than this, their names no longer fit. */
const hoursNamedMax = 48;

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
    textStyle: { fontFamily: palette.font },
    grid: { left: 4, right: 20, top: 18, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      ...tipLook,
      trigger: 'axis',
      axisPointer: { type: 'shadow', shadowStyle: { color: palette.line, opacity: 0.35 } },
      formatter: (points: unknown) => barTip(points, bucket),
    },
    xAxis: {
      type: 'category',
      data: stacked.times.map(String),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
      axisLabel: {
        color: palette.inkSoft,
        hideOverlap: true,
        ...dayTicks(stacked.times, bucket),
        formatter: (text: string) => axisTime(Number(text), bucket),
      },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      splitLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.inkSoft, formatter: (value: number) => axisDollars(value) },
    },
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

/** Over several days of hours only the days are named. */
function dayTicks(times: readonly number[], bucket: BucketName) {
  if (bucket !== 'hour' || times.length <= hoursNamedMax) return {};
  return { interval: (_index: number, value: string) => new Date(Number(value)).getHours() === 0 };
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

const formats: Record<BucketName, Intl.DateTimeFormat> = {
  minute: new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle }),
  hour: new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle }),
  day: new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' }),
};
const hourOnly = formats.minute;

function axisTime(ms: number, bucket: BucketName, full = false): string {
  if (bucket !== 'hour' || full) return formats[bucket].format(ms);
  return new Date(ms).getHours() === 0 ? formats.day.format(ms) : hourOnly.format(ms);
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
