import { useComputedColorScheme } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import type { ECharts, EChartsCoreOption } from 'echarts/core';
import { useEffect, useRef, useState } from 'react';
import styles from './chart.module.css';
import { type Palette, readPalette } from './palette.ts';

/** What was clicked, as far as the library names it. */
export interface Picked {
  readonly name: string;
  readonly data: unknown;
}

interface ChartProps {
  /** What the chart shows, in a sentence; the same figures stand in a table beside it. */
  readonly label: string;
  readonly heightPx: number;
  build(palette: Palette, width: number): EChartsCoreOption;
  onPick?(picked: Picked): void;
}

/** A canvas of the chart library that follows theme, size and data; new data moves in place. */
export function Chart({ label, heightPx, build, onPick }: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useChart(holder);
  const width = useWidth(holder);
  const scheme = useComputedColorScheme('light');
  const still = useReducedMotion();
  useEffect(() => {
    if (!chart || !holder.current || width === 0) return;
    chart.resize();
    const palette = readPalette(holder.current);
    chart.setOption(
      { animation: !still, animationDuration: 300, ...build(palette, width) },
      { notMerge: false, replaceMerge: ['series'] },
    );
    // The palette is read from the document, which `scheme` changes.
    void scheme;
  }, [chart, build, width, scheme, still]);
  usePick(chart, onPick);
  return <div ref={holder} className={styles.chart} style={{ height: heightPx }} role="img" aria-label={label} />;
}

function useChart(holder: React.RefObject<HTMLDivElement | null>): ECharts | null {
  const [chart, setChart] = useState<ECharts | null>(null);
  useEffect(() => {
    let gone = false;
    let made: ECharts | null = null;
    void import('./echarts.ts').then(({ echarts }) => {
      if (gone || !holder.current) return;
      made = echarts.init(holder.current);
      setChart(made);
    });
    return () => {
      gone = true;
      made?.dispose();
      setChart(null);
    };
  }, [holder]);
  return chart;
}

function useWidth(holder: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!holder.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(holder.current);
    return () => observer.disconnect();
  }, [holder]);
  return width;
}

function usePick(chart: ECharts | null, onPick: ((picked: Picked) => void) | undefined): void {
  useEffect(() => {
    if (!chart || !onPick) return;
    const listener = (event: { name?: string; data?: unknown }) => onPick({ name: event.name ?? '', data: event.data });
    chart.on('click', listener as never);
    return () => {
      chart.off('click', listener as never);
    };
  }, [chart, onPick]);
}
