/** Twenty-four hours everywhere: narrow axes and columns have no room for AM and PM. */
export const hourCycle = 'h23';

const clockTime = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle,
});
const dateTime = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle,
});

/** RFC 3339 in, the reader's own clock out: `Mar 1, 14:03:22`. */
export function showMoment(rfc3339: string): string {
  return dateTime.format(Date.parse(rfc3339));
}

/** `14:03:22` of a moment in ms since the Unix epoch. */
export function showClock(ms: number): string {
  return clockTime.format(ms);
}

const dayTime = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle,
});

/** `Mar 1, 14:00` of a moment in ms since the Unix epoch. */
export function showDayTime(ms: number): string {
  return dayTime.format(ms);
}

/** Start of a time bucket as the API names it, ms since the Unix epoch; a text without an offset is read as UTC. */
export function parseBucket(text: string): number {
  const withTime = /^\d{4}-\d{2}$/.test(text) ? `${text}-01` : text;
  const iso = withTime.replace(' ', 'T');
  return Date.parse(/T/.test(iso) && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(iso) ? `${iso}Z` : iso);
}

const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', year: 'numeric' });

/** `Mar 1, 2026` of a moment in ms since the Unix epoch. */
export function showDay(ms: number): string {
  return day.format(ms);
}
