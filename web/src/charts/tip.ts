export interface TipRow {
  readonly colour?: string;
  readonly name: string;
  readonly value: string;
}

/** A tooltip as elements: markup with style attributes would be refused by the Content-Security-Policy. */
export function tip(title: string, rows: readonly TipRow[]): HTMLElement {
  const box = element('div', 'chart-tip');
  box.append(element('div', 'chart-tip-title', title));
  for (const row of rows) box.append(tipRow(row));
  return box;
}

function tipRow(row: TipRow): HTMLElement {
  const line = element('div', 'chart-tip-row');
  const swatch = element('span', 'chart-tip-swatch');
  if (row.colour === undefined) swatch.hidden = true;
  else swatch.style.backgroundColor = row.colour;
  line.append(swatch, element('span', 'chart-tip-name', row.name), element('span', 'chart-tip-value', row.value));
  return line;
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Shared look of every tooltip. */
export const tipLook = {
  appendToBody: false,
  confine: true,
  padding: 0,
  borderWidth: 0,
  backgroundColor: 'transparent',
  className: 'chart-tip-holder',
  transitionDuration: 0,
} as const;
