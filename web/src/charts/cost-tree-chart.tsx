import { SegmentedControl } from '@mantine/core';
import type { EChartsCoreOption } from 'echarts/core';
import { useCallback, useState } from 'react';
import type { CostNode } from '../api/schema.ts';
import { chartDollars, shareOf, showMoney } from '../format/money.ts';
import { showShare } from '../format/number.ts';
import { NothingHere } from '../parts/states.tsx';
import { Chart, type Picked } from './chart.tsx';
import styles from './cost-tree-chart.module.css';
import { type FlowNode, flowOf, lineLabel } from './flow.ts';
import { colourOf, type Palette } from './palette.ts';
import { colourPlaces } from './time-series.ts';
import { tip, tipLook } from './tip.ts';

type Shape = 'flow' | 'area';

/** Of the chart's height; below it two lines of a label would touch the next one. */
const twoLineShare = 0.1;

interface CostTreeChartProps {
  readonly tree: CostNode;
  /** A stage was clicked. */
  onStage(stage: string): void;
}

/** Where the money of a workflow goes: as a flow or as areas. The tree table beside it holds the same figures. */
export function CostTreeChart({ tree, onStage }: CostTreeChartProps) {
  const [shape, setShape] = useState<Shape>('flow');
  const build = useCallback(
    (palette: Palette, width: number) =>
      shape === 'flow' ? flowOption(tree, palette, width) : areaOption(tree, palette),
    [shape, tree],
  );
  const pick = useCallback(
    (picked: Picked) => {
      const stage = (picked.data as { stage?: string | null } | undefined)?.stage;
      if (typeof stage === 'string') onStage(stage);
    },
    [onStage],
  );
  if (chartDollars(tree.totalUsd) === 0) return <NothingHere>Nothing was spent in this range.</NothingHere>;
  return (
    <div className={styles.holder}>
      <SegmentedControl
        aria-label="Shape of the chart"
        size="xs"
        className={styles.shape}
        value={shape}
        onChange={(value) => setShape(value === 'area' ? 'area' : 'flow')}
        data={[
          { value: 'flow', label: 'Flow' },
          { value: 'area', label: 'Area' },
        ]}
      />
      <Chart key={shape} label={describe(tree)} heightPx={380} build={build} onPick={pick} />
    </div>
  );
}

function describe(tree: CostNode): string {
  const stages = tree.children.map((s) => `${s.name} ${showShare(shareOf(s.totalUsd, tree.totalUsd))}`);
  return `Cost of ${tree.name}, ${showMoney(tree.totalUsd)}, by stage: ${stages.join(', ')}.`;
}

function flowOption(tree: CostNode, palette: Palette, width: number): EChartsCoreOption {
  const { nodes, links } = flowOf(tree);
  const narrow = width < 460;
  const colours = colourPlaces(tree.children.map((stage) => stage.name));
  return {
    textStyle: { fontFamily: palette.font },
    tooltip: { ...tipLook, trigger: 'item', formatter: (point: unknown) => flowTip(point, tree.totalUsd) },
    series: [
      {
        type: 'sankey',
        left: 4,
        right: narrow ? 148 : 160,
        top: 10,
        bottom: 10,
        nodeWidth: 12,
        nodeGap: 18,
        draggable: false,
        layoutIterations: 32,
        emphasis: { focus: 'adjacency' },
        lineStyle: { color: 'source', opacity: 0.26, curveness: 0.5 },
        label: {
          color: palette.ink,
          textBorderColor: palette.panel,
          textBorderWidth: 3,
          fontSize: 12.5,
          lineHeight: 16,
          formatter: (p: { data: FlowNode }) => (narrow && p.data.depth === 0 ? '' : flowLabel(p.data, tree.totalUsd)),
          rich: { cost: { color: palette.inkSoft, fontSize: 11.5, lineHeight: 15 } },
        },
        data: nodes.map((node) => ({
          ...node,
          itemStyle: { color: nodeColour(node, colours, palette), borderWidth: 0 },
        })),
        links,
      },
    ],
  };
}

/** The amount is left to the tooltip and the table where the bar is too low for two lines. */
function flowLabel(node: FlowNode, totalUsd: string): string {
  const tall = shareOf(node.costUsd, totalUsd) > twoLineShare;
  return tall ? `${node.label}\n{cost|${showMoney(node.costUsd)}}` : node.label;
}

function nodeColour(node: FlowNode, colours: ReadonlyMap<string, number>, palette: Palette): string {
  if (node.stage !== null) return colourOf(palette, colours.get(node.stage) ?? 0);
  return node.depth === 0 ? palette.ink : palette.inkSoft;
}

interface FlowPoint {
  readonly dataType: 'node' | 'edge';
  readonly data: {
    readonly label?: string;
    readonly costUsd: string;
    readonly source?: string;
    readonly target?: string;
  };
}

function flowTip(point: unknown, totalUsd: string): HTMLElement {
  const { data } = point as FlowPoint;
  const plain = (name: string | undefined) => (name ?? '').replace(/^[sl]:/, '');
  const title = data.label ?? `${plain(data.source)} → ${plain(data.target)}`;
  return moneyTip(title, data.costUsd, totalUsd);
}

function moneyTip(title: string, costUsd: string, totalUsd: string): HTMLElement {
  return tip(title, [
    { name: 'cost', value: showMoney(costUsd) },
    { name: 'of the whole', value: showShare(shareOf(costUsd, totalUsd)) },
  ]);
}

function areaOption(tree: CostNode, palette: Palette): EChartsCoreOption {
  const colours = colourPlaces(tree.children.map((stage) => stage.name));
  return {
    textStyle: { fontFamily: palette.font },
    tooltip: { ...tipLook, trigger: 'item', formatter: (point: unknown) => areaTip(point, tree) },
    series: [
      {
        type: 'treemap',
        left: 0,
        right: 0,
        top: 6,
        bottom: 0,
        roam: false,
        nodeClick: false,
        breadcrumb: { show: false },
        itemStyle: { borderColor: palette.panel, borderWidth: 2, gapWidth: 2 },
        upperLabel: {
          show: true,
          height: 24,
          formatter: (p: { data: { name: string; costUsd: string } }) => `${p.data.name}  ${showMoney(p.data.costUsd)}`,
          color: palette.onSeries,
          fontWeight: 600,
          fontSize: 12.5,
        },
        label: {
          color: palette.onSeries,
          fontSize: 12,
          overflow: 'truncate',
          formatter: (p: { data: { name: string; costUsd: string } }) => `${p.data.name}\n${showMoney(p.data.costUsd)}`,
          lineHeight: 17,
        },
        levels: [
          { itemStyle: { borderWidth: 0, gapWidth: 4 }, upperLabel: { show: false } },
          { itemStyle: { gapWidth: 1, borderWidth: 3 }, colorSaturation: [0.35, 0.5] },
          { itemStyle: { borderWidth: 0, gapWidth: 1 }, colorSaturation: [0.35, 0.55] },
        ],
        data: tree.children.map((stage) => areaStage(stage, colourOf(palette, colours.get(stage.name) ?? 0))),
      },
    ],
  };
}

function areaStage(stage: CostNode, colour: string) {
  return {
    name: stage.name,
    stage: stage.name,
    value: chartDollars(stage.totalUsd),
    costUsd: stage.totalUsd,
    itemStyle: { color: colour, borderColor: colour },
    children: stage.lines
      .filter((line) => chartDollars(line.costUsd) > 0)
      .map((line) => ({
        name: lineLabel(line),
        stage: stage.name,
        value: chartDollars(line.costUsd),
        costUsd: line.costUsd,
        itemStyle: { color: colour },
      })),
  };
}

function areaTip(point: unknown, tree: CostNode): HTMLElement {
  const { data } = point as { data?: { name: string; stage: string; costUsd: string } };
  if (!data) return moneyTip(tree.name, tree.totalUsd, tree.totalUsd);
  const title = data.name === data.stage ? data.name : `${data.stage} · ${data.name}`;
  return moneyTip(title, data.costUsd, tree.totalUsd);
}
