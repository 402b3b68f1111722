import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { Chart } from './chart.tsx';
import { colourOf, type Palette } from './palette.ts';
import { timeGrid, valueAxis } from './time-axis.ts';
import { tip, tipLook } from './tip.ts';

export interface FanPoint {
  readonly name: string;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  /** The same without what was changed. */
  readonly before: number | null;
}

interface FanProps {
  readonly label: string;
  readonly points: readonly FanPoint[];
  format(value: number): string;
}

/** Expected values over time with the band in which four futures of five lie. */
export function Fan({ label, points, format }: FanProps) {
  const build = useCallback(
    (palette: Palette): EChartsCoreOption => ({
      textStyle: { fontFamily: palette.font },
      grid: timeGrid,
      tooltip: { ...tipLook, trigger: 'axis', formatter: (hit: unknown) => fanTip(hit, points, format) },
      xAxis: {
        type: 'category',
        boundaryGap: false,
        data: points.map(({ name }) => name),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: palette.line } },
        axisLabel: { color: palette.inkSoft, hideOverlap: true },
      },
      yAxis: valueAxis(palette, format),
      series: fanSeries(points, palette),
    }),
    [points, format],
  );
  return <Chart label={label} heightPx={260} build={build} />;
}

const lineLook = { type: 'line', showSymbol: false, emphasis: { disabled: true } } as const;

/** The band is what lies between an unseen line at the bottom and one stacked on it. */
function fanSeries(points: readonly FanPoint[], palette: Palette) {
  const [main, other] = [colourOf(palette, 0), palette.inkSoft];
  const unseen = { ...lineLook, stack: 'band', lineStyle: { opacity: 0 }, silent: true };
  const before = points.some((point) => point.before !== null)
    ? [
        {
          ...{ ...lineLook, id: 'before', data: points.map((point) => point.before) },
          lineStyle: { width: 1.5, type: 'dashed', color: other },
        },
      ]
    : [];
  return [
    { ...unseen, id: 'low', data: points.map(({ low }) => low) },
    {
      ...{ ...unseen, id: 'band', data: points.map(({ low, high }) => high - low) },
      areaStyle: { color: main, opacity: 0.18 },
    },
    { ...lineLook, id: 'middle', data: points.map(({ middle }) => middle), lineStyle: { width: 2.5, color: main } },
    ...before,
  ];
}

function fanTip(hit: unknown, points: readonly FanPoint[], format: (value: number) => string): HTMLElement {
  const [first] = hit as readonly { readonly dataIndex: number }[];
  const point = points[first?.dataIndex ?? 0];
  if (!point) return tip('', []);
  return tip(point.name, [
    { name: 'expected', value: format(point.middle) },
    { name: 'four of five', value: `${format(point.low)} to ${format(point.high)}` },
    ...(point.before === null ? [] : [{ name: 'as the file is', value: format(point.before) }]),
  ]);
}
