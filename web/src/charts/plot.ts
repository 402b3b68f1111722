import type { Palette } from './palette.ts';
import { timeGrid } from './time-axis.ts';
import { tipLook } from './tip.ts';

/** What every plot over an axis has in common: type, room for labels, and a tip that follows the pointer. */
export function plotOf(palette: Palette, pointer: 'line' | 'shadow', formatter: (hit: unknown) => HTMLElement) {
  const axisPointer = {
    type: pointer,
    lineStyle: { color: palette.line },
    shadowStyle: { color: palette.line, opacity: 0.35 },
  };
  return {
    textStyle: { fontFamily: palette.font },
    grid: timeGrid,
    tooltip: { ...tipLook, trigger: 'axis', axisPointer, formatter },
  };
}

/** Names along an axis. */
export function nameAxis(palette: Palette, names: readonly string[]) {
  return {
    type: 'category',
    data: names,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: palette.line } },
    axisLabel: { color: palette.inkSoft, hideOverlap: true },
  };
}

/** A line without dots. */
export function lineOf(id: string, color: string, lineStyle: object, data: readonly unknown[]) {
  return {
    ...{ type: 'line', id, data, color, showSymbol: false, emphasis: { disabled: true } },
    lineStyle: { ...lineStyle, color },
  };
}

/** A band is what lies between an unseen line at the bottom and one stacked on it. */
export function bandOf(color: string, low: readonly unknown[], width: readonly unknown[]) {
  const unseen = { stack: 'band', silent: true };
  return [
    { ...lineOf('low', color, { opacity: 0 }, low), ...unseen },
    { ...lineOf('band', color, { opacity: 0 }, width), ...unseen, areaStyle: { color, opacity: 0.18 } },
  ];
}
