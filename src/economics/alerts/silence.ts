import type { AlertSettings } from '../../config/index.ts';
import type { Alert } from './lifecycle.ts';

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
type Day = (typeof days)[number];

/** Whether an alert is held back now: by someone, or by a window of the file. */
export function isSilenced(
  alert: Pick<Alert, 'severity' | 'silencedUntilMs'>,
  windows: AlertSettings['silence'],
  timeZone: string,
  nowMs: number,
): boolean {
  if (nowMs < alert.silencedUntilMs) return true;
  const { day, minute } = localTime(timeZone, nowMs);
  return windows.some((window) => window.severities.includes(alert.severity) && covers(window, day, minute));
}

/** A window that ends at or before the time it begins reaches into the next day; its days are those on which it begins. */
function covers(window: AlertSettings['silence'][number], day: number, minute: number): boolean {
  const [from, to] = [minuteOf(window.from), minuteOf(window.to)];
  const begins = (index: number) => !window.days || window.days.includes(days[(index + 7) % 7] as Day);
  if (from < to) return begins(day) && minute >= from && minute < to;
  return (begins(day) && minute >= from) || (begins(day - 1) && minute < to);
}

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

function localTime(timeZone: string, atMs: number): { readonly day: number; readonly minute: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const day = days.indexOf((parts.weekday ?? '').toLowerCase() as Day);
  return { day, minute: Number(parts.hour) * 60 + Number(parts.minute) };
}
