import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { Chart } from './chart.tsx';
import { Legend } from './legend.tsx';
import { colourOf, type Palette } from './palette.ts';
import { lineOf, plotOf } from './plot.ts';
import { valueAxis } from './time-axis.ts';
import { tip } from './tip.ts';

export interface Curve {
  readonly name: string;
  readonly colour: number;
  readonly points: readonly (readonly [number, number])[];
  readonly dashed?: boolean;
}

interface ValueCurvesProps {
  readonly label: string;
  readonly curves: readonly Curve[];
  readonly heightPx?: number;
  readonly yMax?: number;
  formatX(value: number): string;
  formatY(value: number): string;
}

/** Curves of one measure over another. */
export function ValueCurves({ label, curves, heightPx = 220, yMax, formatX, formatY }: ValueCurvesProps) {
  const build = useCallback(
    (palette: Palette): EChartsCoreOption => ({
      ...plotOf(palette, 'line', (points) => curveTip(points, formatX, formatY)),
      xAxis: { ...valueAxis(palette, formatX), max: 'dataMax', min: 'dataMin', splitLine: { show: false } },
      yAxis: { ...valueAxis(palette, formatY), ...(yMax === undefined ? {} : { max: yMax, interval: yMax / 4 }) },
      series: curves.map((curve) => curveOption(curve, palette)),
    }),
    [curves, yMax, formatX, formatY],
  );
  return (
    <>
      <Legend series={curves} />
      <Chart label={label} heightPx={heightPx} build={build} />
    </>
  );
}

function curveOption({ name, colour, points, dashed }: Curve, palette: Palette) {
  const look = { width: dashed ? 1.5 : 2.5, type: dashed ? 'dashed' : 'solid' };
  return { ...lineOf(name, colourOf(palette, colour), look, points), name };
}

function curveTip(
  points: unknown,
  formatX: (value: number) => string,
  formatY: (value: number) => string,
): HTMLElement {
  const all = points as readonly { seriesName: string; color: string; value: readonly [number, number] }[];
  return tip(
    formatX(all[0]?.value[0] ?? 0),
    all.map(({ seriesName, color, value }) => ({ colour: color, name: seriesName, value: formatY(value[1]) })),
  );
}
