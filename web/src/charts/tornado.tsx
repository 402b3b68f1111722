import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { Chart } from './chart.tsx';
import { colourOf, type Palette } from './palette.ts';
import { nameAxis, plotOf } from './plot.ts';
import { valueAxis } from './time-axis.ts';
import { tip } from './tip.ts';

export interface TornadoBar {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

interface TornadoProps {
  readonly label: string;
  /** Largest swing first. */
  readonly bars: readonly TornadoBar[];
  format(value: number): string;
}

const barPx = 30;
const narrowPx = 420;

/** How far the result moves when one number goes from its low to its high end. */
export function Tornado({ label, bars, format }: TornadoProps) {
  const build = useCallback(
    (palette: Palette, width: number): EChartsCoreOption => ({
      ...plotOf(palette, 'shadow', tornadoTip(bars, format)),
      xAxis: {
        ...valueAxis(palette, format),
        ...{ scale: true, min: 'dataMin', splitNumber: width < narrowPx ? 2 : 4 },
        axisLabel: { color: palette.inkSoft, formatter: format, hideOverlap: true },
      },
      yAxis: {
        ...nameAxis(
          palette,
          bars.map(({ name }) => name),
        ),
        inverse: true,
        axisLabel: { color: palette.inkSoft, width: width < narrowPx ? 110 : 180, overflow: 'truncate' },
      },
      series: [
        { ...look, id: 'low', data: bars.map(endsOf).map(({ from }) => from), itemStyle: { opacity: 0 }, silent: true },
        { ...look, id: 'swing', data: bars.map(endsOf).map(({ swing }) => swing), color: colourOf(palette, 1) },
      ],
    }),
    [bars, format],
  );
  return <Chart label={label} heightPx={bars.length * barPx + 40} build={build} />;
}

const look = { type: 'bar', stack: 'swing', barMaxWidth: 18, emphasis: { disabled: true } } as const;

function endsOf({ low, high }: TornadoBar) {
  const from = Math.min(low, high);
  return { from, swing: Math.max(low, high) - from };
}

function tornadoTip(bars: readonly TornadoBar[], format: (value: number) => string) {
  return (hit: unknown): HTMLElement => {
    const [first] = hit as readonly { readonly dataIndex: number }[];
    const bar = bars[first?.dataIndex ?? 0];
    if (!bar) return tip('', []);
    return tip(bar.name, [
      { name: 'at its low end', value: format(bar.low) },
      { name: 'at its high end', value: format(bar.high) },
    ]);
  };
}
