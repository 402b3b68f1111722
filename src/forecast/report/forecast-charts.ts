import type { EChartsOption } from 'echarts';
import type { ScenarioReport } from './forecast-report.ts';

const width = 920;
const ink = '#1c2430';
const blue = '#3b6fb6';
const pale = '#c5d6ec';
const amber = '#d08a2e';
const driversShown = 12;

/** Draws a chart to SVG text. The library is loaded only when a page is made: it is large. */
async function draw(option: EChartsOption, height: number): Promise<string> {
  const { init } = await import('echarts');
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ animation: false, textStyle: { color: ink, fontFamily: 'system-ui, sans-serif' }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const dollars = { axisLabel: { formatter: (value: number) => `$${value.toLocaleString('en-US')}` } } as const;
const grid = { left: 12, right: 24, top: 24, bottom: 12, containLabel: true } as const;

/** Mean by month within its p10 to p90. */
export function fanChart({ months }: ScenarioReport): Promise<string> {
  const of = (key: 'mean' | 'p10' | 'p90'): number[] => months.map(({ totalUsd }) => Number(totalUsd[key]));
  const [low, high] = [of('p10'), of('p90')];
  const band = { type: 'line', stack: 'band', symbol: 'none', lineStyle: { opacity: 0 }, silent: true } as const;
  return draw(
    {
      grid,
      xAxis: { type: 'category', data: months.map(({ month }) => month), boundaryGap: false },
      yAxis: { type: 'value', ...dollars },
      series: [
        { ...band, data: low },
        { ...band, data: high.map((value, index) => value - (low[index] ?? 0)), areaStyle: { color: pale } },
        { type: 'line', data: of('mean'), symbolSize: 5, color: blue },
      ],
    },
    300,
  );
}

export function linesChart({ lines }: ScenarioReport): Promise<string> {
  const shown = [...lines].reverse();
  return draw(
    {
      grid,
      xAxis: { type: 'value', ...dollars },
      yAxis: { type: 'category', data: shown.map(({ line }) => line) },
      series: [{ type: 'bar', data: shown.map(({ totalUsd }) => Number(totalUsd.mean)), color: blue }],
    },
    60 + 26 * lines.length,
  );
}

/** Each parameter from the total at its p10 to the total at its p90. */
export function driversChart({ drivers }: ScenarioReport): Promise<string> {
  const shown = drivers.slice(0, driversShown).reverse();
  const ends = shown.map(({ lowUsd, highUsd }) => [Number(lowUsd), Number(highUsd)].sort((a, b) => a - b));
  return draw(
    {
      grid,
      xAxis: { type: 'value', scale: true, ...dollars },
      yAxis: { type: 'category', data: shown.map(({ parameter }) => parameter.split('.').slice(-3).join('.')) },
      series: [
        {
          type: 'bar',
          stack: 'swing',
          silent: true,
          itemStyle: { color: 'transparent' },
          data: ends.map(([low = 0]) => low),
        },
        { type: 'bar', stack: 'swing', color: amber, data: ends.map(([low = 0, high = 0]) => high - low) },
      ],
    },
    60 + 28 * shown.length,
  );
}

/** Workflow, stage and line, each as large as what it costs. */
export function treeChart({ nodes }: ScenarioReport): Promise<string> {
  const workflows = [...new Set(nodes.map(({ workflow }) => workflow))];
  const data = workflows.map((workflow) => ({
    name: workflow,
    children: nodes
      .filter((node) => node.workflow === workflow)
      .map(({ stage, lines }) => ({
        name: stage ?? 'as a whole',
        children: lines.map(({ line, meanUsd }) => ({ name: line, value: Number(meanUsd) })),
      })),
  }));
  return draw(
    {
      series: [
        {
          type: 'treemap',
          data,
          roam: false,
          nodeClick: false,
          breadcrumb: { show: false },
          leafDepth: 3,
          levels: treeLevels,
        },
      ],
    },
    340,
  );
}

const treeLevels = [
  { itemStyle: { gapWidth: 4 } },
  { upperLabel: { show: true, height: 22 }, itemStyle: { gapWidth: 3 } },
  { upperLabel: { show: true, height: 20 }, itemStyle: { gapWidth: 1 }, colorSaturation: [0.25, 0.5] as number[] },
];
