import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { Chart } from './chart.tsx';
import { colourOf, type Palette } from './palette.ts';
import { bandOf, lineOf, nameAxis, plotOf } from './plot.ts';
import { valueAxis } from './time-axis.ts';
import { tip } from './tip.ts';

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
      ...plotOf(palette, 'line', (hit) => fanTip(hit, points, format)),
      xAxis: {
        ...nameAxis(
          palette,
          points.map(({ name }) => name),
        ),
        boundaryGap: false,
      },
      yAxis: valueAxis(palette, format),
      series: fanSeries(points, palette),
    }),
    [points, format],
  );
  return <Chart label={label} heightPx={260} build={build} />;
}

function fanSeries(points: readonly FanPoint[], palette: Palette) {
  const main = colourOf(palette, 0);
  const before = points.map((point) => point.before);
  return [
    ...bandOf(
      main,
      points.map(({ low }) => low),
      points.map(({ low, high }) => high - low),
    ),
    lineOf(
      'middle',
      main,
      { width: 2.5 },
      points.map(({ middle }) => middle),
    ),
    ...(before.some((value) => value !== null)
      ? [lineOf('before', palette.inkSoft, { width: 1.5, type: 'dashed' }, before)]
      : []),
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
