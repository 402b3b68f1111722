import { hourCycle } from '../format/time.ts';
import type { BucketName } from '../view/range.ts';
import type { Palette } from './palette.ts';

/** With more hours than this, their names no longer fit. */
const hoursNamedMax = 48;

/** Over several days of hours only the days are named. */
function dayTicks(times: readonly number[], bucket: BucketName) {
  if (bucket !== 'hour' || times.length <= hoursNamedMax) return {};
  return { interval: (_index: number, value: string) => new Date(Number(value)).getHours() === 0 };
}

const formats: Record<BucketName, Intl.DateTimeFormat> = {
  minute: new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle }),
  hour: new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle }),
  day: new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' }),
};
const hourOnly = formats.minute;

/** A moment in the reader's own clock, as short as the bucket allows; `full` where nothing beside it says the day. */
export function axisTime(ms: number, bucket: BucketName, full = false): string {
  if (bucket !== 'hour' || full) return formats[bucket].format(ms);
  return new Date(ms).getHours() === 0 ? formats.day.format(ms) : hourOnly.format(ms);
}

export const timeGrid = {
  left: 4,
  right: 20,
  top: 18,
  bottom: 2,
  outerBoundsMode: 'same',
  outerBoundsContain: 'axisLabel',
};

export function timeAxis(times: readonly number[], bucket: BucketName, palette: Palette) {
  return {
    type: 'category',
    data: times.map(String),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: palette.line } },
    axisLabel: {
      color: palette.inkSoft,
      hideOverlap: true,
      ...dayTicks(times, bucket),
      formatter: (text: string) => axisTime(Number(text), bucket),
    },
  };
}

export function valueAxis(palette: Palette, format: (value: number) => string) {
  return {
    type: 'value',
    splitNumber: 3,
    splitLine: { lineStyle: { color: palette.line } },
    axisLabel: { color: palette.inkSoft, formatter: format },
  };
}
