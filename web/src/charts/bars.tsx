import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { Chart } from './chart.tsx';
import { colourOf, type Palette } from './palette.ts';
import { nameAxis, plotOf } from './plot.ts';
import { valueAxis } from './time-axis.ts';
import { tip } from './tip.ts';

interface BarsProps {
  readonly label: string;
  readonly bars: readonly { readonly name: string; readonly value: number }[];
  /** What the bars count. */
  readonly of: string;
  readonly colour?: number;
  format(value: number): string;
}

/** One bar for each name, in the order given. */
export function Bars({ label, bars, of, colour = 1, format }: BarsProps) {
  const build = useCallback(
    (palette: Palette): EChartsCoreOption => ({
      ...plotOf(palette, 'shadow', barTip(of, format)),
      xAxis: nameAxis(
        palette,
        bars.map(({ name }) => name),
      ),
      yAxis: valueAxis(palette, format),
      series: [
        {
          ...{ id: of, type: 'bar', barMaxWidth: 28, barCategoryGap: '22%', emphasis: { disabled: true } },
          color: colourOf(palette, colour),
          data: bars.map(({ value }) => value),
        },
      ],
    }),
    [bars, of, colour, format],
  );
  return <Chart label={label} heightPx={200} build={build} />;
}

function barTip(of: string, format: (value: number) => string) {
  return (points: unknown): HTMLElement => {
    const [point] = points as readonly { name: string; value: number; color: string }[];
    return tip(point?.name ?? '', [{ name: of, value: format(point?.value ?? 0) }]);
  };
}
