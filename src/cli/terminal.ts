import type { Effects } from './effects.ts';

const usualWidth = 100;
const widthMin = 60;

/** Columns to fit tables into; a hundred where there is no terminal. */
export function terminalWidth({ stdout, environment }: Pick<Effects, 'stdout' | 'environment'>): number {
  const given = Number(environment.COLUMNS);
  const width = stdout.columns ?? (Number.isInteger(given) && given > 0 ? given : usualWidth);
  return Math.max(widthMin, width);
}
