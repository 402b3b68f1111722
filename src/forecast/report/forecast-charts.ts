import type { EChartsOption } from 'echarts';
import type { ScenarioReport } from './report-types.ts';
import { lineName } from './shown-figures.ts';

const width = 920;
const driversShown = 12;
/** Of a letter at twelve pixels, generously. */
const letterWidth = 6.6;

/** Colours as the drawing library is told them; in the page they are the colours of its scheme. */
const colours = {
  ink: '#1c2430',
  soft: '#4a5768',
  rule: '#dde2e9',
  mean: '#2f62a8',
  band: '#c5d6ec',
  swing: '#b8741a',
};

/** Draws a chart to SVG text. The library is loaded only when a page is made: it is large. */
async function draw(option: EChartsOption, height: number, label: string): Promise<string> {
  const { init } = await import('echarts');
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    textStyle: { color: colours.ink, fontFamily: 'system-ui, sans-serif' },
    ...option,
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return inPage(svg, label);
}

/** The colours follow the page, and the picture has a name for whoever cannot see it. */
function inPage(svg: string, label: string): string {
  const plain = svg.replace(/<style[\s\S]*?<\/style>/g, '').replace(/ class="[^"]*"/g, '');
  const coloured = Object.entries(colours).reduce((text, [name, hex]) => text.replaceAll(hex, `var(--${name})`), plain);
  return coloured.replace('<svg ', `<svg role="img" aria-label="${label}" `);
}

const axis = {
  axisLabel: { color: colours.soft },
  axisLine: { lineStyle: { color: colours.soft } },
  axisTick: { lineStyle: { color: colours.soft } },
} as const;
const dollars = {
  ...axis,
  axisLabel: { ...axis.axisLabel, formatter: (value: number) => `$${value.toLocaleString('en-US')}` },
  splitLine: { lineStyle: { color: colours.rule } },
} as const;
const grid = { left: 24, right: 56, top: 24, bottom: 12, containLabel: true } as const;

/** Mean by month within its p10 to p90. */
export function fanChart({ months }: ScenarioReport): Promise<string> {
  const of = (key: 'mean' | 'p10' | 'p90'): number[] => months.map(({ totalUsd }) => Number(totalUsd[key]));
  const [low, high] = [of('p10'), of('p90')];
  const band = { type: 'line', stack: 'band', symbol: 'none', lineStyle: { opacity: 0 }, silent: true } as const;
  return draw(
    {
      grid,
      xAxis: { type: 'category', data: months.map(({ month }) => month), boundaryGap: false, ...axis },
      yAxis: { type: 'value', ...dollars },
      series: [
        { ...band, data: low },
        {
          ...band,
          data: high.map((value, index) => value - (low[index] ?? 0)),
          areaStyle: { color: colours.band, opacity: 1 },
        },
        { type: 'line', data: of('mean'), symbol: 'circle', symbolSize: 5, color: colours.mean, silent: true },
      ],
    },
    300,
    'Cost by month: the mean within its 10th to 90th percentile',
  );
}

/** What each line of the cost takes, the largest on top. */
export function linesChart({ lines }: ScenarioReport): Promise<string> {
  const shown = [...lines].reverse();
  return draw(
    {
      grid,
      xAxis: { type: 'value', ...dollars },
      yAxis: { type: 'category', data: shown.map(({ line }) => lineName(line)), ...axis },
      series: [
        { type: 'bar', data: shown.map(({ totalUsd }) => Number(totalUsd.mean)), color: colours.mean, silent: true },
      ],
    },
    60 + 26 * lines.length,
    'Mean cost by line',
  );
}

/** Each parameter from the total at its p10 to the total at its p90. */
export function driversChart({ drivers }: ScenarioReport): Promise<string> {
  const shown = drivers.slice(0, driversShown).reverse();
  const ends = shown.map(({ lowUsd, highUsd }) => [Number(lowUsd), Number(highUsd)].sort((a, b) => a - b));
  const names = shown.map(({ parameter }) => parameter.split('.').slice(-3).join('.'));
  // Text is only guessed at without a page to measure it in, too narrow for long names.
  const left = 24 + Math.max(0, ...names.map(({ length }) => length)) * letterWidth;
  const bar = { type: 'bar', stack: 'swing', silent: true } as const;
  return draw(
    {
      grid: { ...grid, left, bottom: 32, containLabel: false },
      xAxis: { type: 'value', scale: true, ...dollars },
      yAxis: {
        type: 'category',
        data: names,
        ...axis,
      },
      series: [
        { ...bar, itemStyle: { color: 'transparent' }, data: ends.map(([low = 0]) => low) },
        { ...bar, color: colours.swing, data: ends.map(([low = 0, high = 0]) => high - low) },
      ],
    },
    60 + 28 * shown.length,
    'The total at the 10th and at the 90th percentile of each parameter',
  );
}
