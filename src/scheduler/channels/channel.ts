import type { AlertRecord } from '../../books/index.ts';

/** What a channel tells. The delivery's id stays the same when it is tried again, so that a receiver can tell. */
export interface AlertMessage extends Omit<AlertRecord, 'key' | 'once'> {
  readonly deliveryId: string;
  readonly change: 'fired' | 'resolved';
  /** Where the dashboard shows it. */
  readonly url: string;
}

/** A way to people. */
export interface Channel {
  /** Takes a bounded time. @throws what the way throws when the message did not arrive */
  send(message: AlertMessage): Promise<void>;
}

/** `FIRED page: budget company burns at 16.2 times its pace` */
export function headline(message: AlertMessage): string {
  return `${message.change === 'fired' ? 'FIRED' : 'RESOLVED'} ${message.severity}: ${message.summary}`;
}

/** Evidence as lines `name: value`. */
export function evidenceLines({ evidence }: AlertMessage): string[] {
  return Object.entries(evidence).map(
    ([name, value]) => `${name}: ${typeof value === 'number' ? Number(value.toPrecision(6)) : value}`,
  );
}
