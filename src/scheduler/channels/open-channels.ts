import type { Clock } from '../../base/index.ts';
import type { AlertChannel } from '../../config/index.ts';
import type { AlertMessage, Channel } from './channel.ts';
import { email } from './email.ts';
import { webhook } from './webhook.ts';

/** The channels of the file, by name; one that names a webhook and mail uses both. */
export function openChannels(
  channels: Readonly<Record<string, AlertChannel>>,
  clock: Clock,
  fetch: typeof globalThis.fetch,
): Map<string, Channel> {
  return new Map(
    Object.entries(channels).map(([name, channel]) => {
      const ways = [
        ...(channel.webhook
          ? [webhook({ url: channel.webhook, format: channel.format, secret: channel.secret, clock, fetch })]
          : []),
        ...(channel.email ? [email(channel.email)] : []),
      ];
      return [name, all(ways)];
    }),
  );
}

/** What arrived one way is sent again when another way failed: told twice is better than not at all. */
function all(ways: readonly Channel[]): Channel {
  return {
    async send(message: AlertMessage) {
      for (const way of ways) await way.send(message);
    },
  };
}
