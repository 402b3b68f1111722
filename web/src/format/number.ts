import { unknownText } from './money.ts';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** `19,366` */
export function showCount(value: number): string {
  return whole.format(value);
}

/** `19.4K` where room is scarce; below ten thousand in full. */
export function showShort(value: number): string {
  return Math.abs(value) < 10_000 ? whole.format(value) : short.format(value);
}

/** `3.42×`, or a dash where there is nothing to divide by. */
export function showRatio(value: number | null): string {
  return value === null ? unknownText : `${value.toFixed(2)}×`;
}

/** `42 %`, `0.3 %`; a share between 0 and 1. */
export function showShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return '0%';
  if (percent < 0.1) return '<0.1%';
  return `${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)}%`;
}

/** `840 ms`, `1.84 s`, `2 min 5 s`; milliseconds in. */
export function showDuration(ms: number | null): string {
  if (ms === null) return unknownText;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `2.1 kB`; bytes in, decimal units. */
export function showBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** `1 call`, `2 calls`. */
export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${showCount(count)} ${count === 1 ? singular : many}`;
}
