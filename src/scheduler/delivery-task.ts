import type { AlertBooks, AlertRecord, Delivery } from '../books/index.ts';
import type { AlertMessage, Channel } from './channels/channel.ts';
import type { SchedulerLog, Task } from './run-tasks.ts';

const everyMs = 5_000;
const perRunMax = 50;
/** A message on its way when all is to end may arrive yet, and is then not sent again. */
const finishMs = 3_000;
/** After this many failures a message is given up; the waits before sum to about four hours. */
export const triesMax = 10;
const firstWaitMs = 15_000;

/** How long after a failure the next try comes: doubling from 15 s. */
export function waitMsAfter(tries: number): number {
  return firstWaitMs * 2 ** tries;
}

export interface DeliveryTaskOptions {
  readonly alerts: AlertBooks;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Where people reach the dashboard, like `http://127.0.0.1:4700`. */
  readonly publicUrl: string;
  readonly log: SchedulerLog;
}

/** Brings messages to their channels; one that fails is tried again later, and given up after `triesMax`. */
export function deliveryTask(options: DeliveryTaskOptions): Task {
  const { alerts } = options;
  return {
    name: 'alert-delivery',
    everyMs,
    finishMs,
    async run(nowMs, signal) {
      for (const delivery of await alerts.due(nowMs, perRunMax)) {
        if (signal.aborted) return;
        await deliver(delivery, options, nowMs);
      }
    },
  };
}

async function deliver(delivery: Delivery, options: DeliveryTaskOptions, nowMs: number): Promise<void> {
  const { alerts, channels, log } = options;
  const alert = await alerts.get(delivery.alertId);
  const channel = channels.get(delivery.channel);
  // Whoever silenced it meanwhile does not want to hear of it, and a channel the file no longer names has no address.
  if (!alert || !channel || alert.silencedUntilMs > nowMs) return alerts.settle(delivery.id, { done: true });
  try {
    await channel.send(messageOf(alert, delivery, options.publicUrl));
  } catch (error) {
    const givenUp = delivery.tries + 1 >= triesMax;
    log('warn', givenUp ? 'alert_delivery_given_up' : 'alert_delivery_failed', {
      ...{ alert: alert.id, channel: delivery.channel, tries: delivery.tries + 1, error },
    });
    const dueAtMs = nowMs + waitMsAfter(delivery.tries);
    return alerts.settle(delivery.id, givenUp ? { done: true } : { done: false, dueAtMs });
  }
  await alerts.settle(delivery.id, { done: true });
}

function messageOf(alert: AlertRecord, delivery: Delivery, publicUrl: string): AlertMessage {
  const { key: _key, once: _once, ...told } = alert;
  return { ...told, deliveryId: delivery.id, change: delivery.change, url: `${publicUrl}${alert.link}` };
}
