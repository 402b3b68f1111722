/** Colours of the current theme, read from its CSS variables, for what is drawn on a canvas. */
export interface Palette {
  readonly ink: string;
  readonly inkSoft: string;
  readonly line: string;
  readonly panel: string;
  readonly font: string;
  readonly series: readonly string[];
  /** Text on a series colour. */
  readonly onSeries: string;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const variable = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: variable('--ink'),
    inkSoft: variable('--ink-3'),
    line: variable('--line'),
    panel: variable('--panel'),
    font: variable('--font'),
    onSeries: variable('--on-series'),
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => variable(`--c${n}`)),
  };
}

/** The same name in the same list always gets the same colour. */
export function colourOf(palette: Palette, index: number): string {
  return palette.series[index % palette.series.length] ?? palette.ink;
}
