import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { Chart } from './chart.tsx';
import { colourOf, type Palette } from './palette.ts';
import { bandOf, lineOf, plotOf } from './plot.ts';
import { axisTime, valueAxis } from './time-axis.ts';
import { tip } from './tip.ts';

/** Dollars by moment, ms since the Unix epoch. */
export interface SpentPoint {
  readonly atMs: number;
  readonly spent: number;
}

export interface FuturePoint {
  readonly atMs: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

interface MonthFanProps {
  /** All the chart says, in words. */
  readonly label: string;
  readonly spent: readonly SpentPoint[];
  readonly future: readonly FuturePoint[];
  readonly limits: readonly { readonly name: string; readonly usd: number }[];
  readonly fromMs: number;
  readonly toMs: number;
  format(value: number): string;
}

/** What was spent since the month began, and the band in which four futures of five end, beside the limits. */
export function MonthFan(props: MonthFanProps) {
  const { label, spent, future, limits, fromMs, toMs, format } = props;
  const build = useCallback(
    (palette: Palette): EChartsCoreOption => ({
      ...plotOf(palette, 'line', (hit) => monthTip(hit, spent, future, limits, format)),
      xAxis: {
        ...{ type: 'time', min: fromMs, max: toMs, axisTick: { show: false }, splitNumber: 5 },
        axisLine: { lineStyle: { color: palette.line } },
        axisLabel: { color: palette.inkSoft, hideOverlap: true, formatter: (atMs: number) => axisTime(atMs, 'day') },
      },
      yAxis: valueAxis(palette, format),
      series: [
        ...futureSeries(future, palette),
        lineOf(
          'spent',
          colourOf(palette, 0),
          { width: 2.5 },
          spent.map((point) => [point.atMs, point.spent]),
        ),
        ...limits.map(({ name, usd }) =>
          lineOf(
            `limit ${name}`,
            palette.ink,
            { width: 1.5, type: 'dashed' },
            [fromMs, toMs].map((atMs) => [atMs, usd]),
          ),
        ),
      ],
    }),
    [spent, future, limits, fromMs, toMs, format],
  );
  return <Chart label={label} heightPx={220} build={build} />;
}

function futureSeries(future: readonly FuturePoint[], palette: Palette) {
  const main = colourOf(palette, 0);
  const over = (value: (point: FuturePoint) => number) => future.map((point) => [point.atMs, value(point)]);
  return [
    ...bandOf(
      main,
      over(({ low }) => low),
      over(({ low, high }) => high - low),
    ),
    lineOf(
      'middle',
      main,
      { width: 2, type: 'dotted' },
      over(({ middle }) => middle),
    ),
  ];
}

function monthTip(
  hit: unknown,
  spent: MonthFanProps['spent'],
  future: MonthFanProps['future'],
  limits: MonthFanProps['limits'],
  format: (value: number) => string,
): HTMLElement {
  const atMs = (hit as readonly { readonly axisValue: number }[])[0]?.axisValue ?? 0;
  const past = spent.find((point) => point.atMs === atMs);
  const ahead = future.find((point) => point.atMs === atMs);
  return tip(axisTime(atMs, 'hour', true), [
    ...(past ? [{ name: 'spent', value: format(past.spent) }] : []),
    ...(ahead && !past
      ? [
          { name: 'expected', value: format(ahead.middle) },
          { name: 'four of five', value: `${format(ahead.low)} to ${format(ahead.high)}` },
        ]
      : []),
    ...limits.map(({ name, usd }) => ({ name: `budget ${name}`, value: format(usd) })),
  ]);
}
