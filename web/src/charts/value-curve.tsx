import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { Chart } from './chart.tsx';
import { Legend } from './legend.tsx';
import { colourOf, type Palette } from './palette.ts';
import { timeGrid, valueAxis } from './time-axis.ts';
import { tip, tipLook } from './tip.ts';

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
      textStyle: { fontFamily: palette.font },
      grid: timeGrid,
      tooltip: {
        ...tipLook,
        trigger: 'axis',
        axisPointer: { type: 'line', lineStyle: { color: palette.line } },
        formatter: (points: unknown) => curveTip(points, formatX, formatY),
      },
      xAxis: { ...valueAxis(palette, formatX), max: 'dataMax', min: 'dataMin', splitLine: { show: false } },
      yAxis: { ...valueAxis(palette, formatY), ...(yMax === undefined ? {} : { max: yMax }) },
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
  const color = colourOf(palette, colour);
  const lineStyle = { width: dashed ? 1.5 : 2.5, color, type: dashed ? 'dashed' : 'solid' };
  return { id: name, name, color, data: points, type: 'line', showSymbol: false, lineStyle };
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
