import { createHmac } from 'node:crypto';
import type { Clock } from '../../base/index.ts';
import { type AlertMessage, type Channel, evidenceLines, headline } from './channel.ts';

const answerMsMax = 10_000;

export interface WebhookOptions {
  readonly url: string;
  readonly format: 'json' | 'slack';
  readonly secret: string | undefined;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
}

/**
 * Posts each message. With a secret, `burnrate-signature` is `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, so that
 * the receiver can check who sent it and when.
 */
export function webhook({ url, format, secret, clock, fetch }: WebhookOptions): Channel {
  return {
    async send(message) {
      const body = JSON.stringify(format === 'slack' ? slackBody(message) : jsonBody(message));
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        headers: {
          'content-type': 'application/json',
          'burnrate-delivery': message.deliveryId,
          ...(secret ? { 'burnrate-signature': signature(body, secret, clock.nowMs()) } : {}),
        },
        body,
        signal: AbortSignal.timeout(answerMsMax),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
    },
  };
}

export function signature(body: string, secret: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

function jsonBody(message: AlertMessage) {
  const time = (ms: number) => new Date(ms).toISOString();
  return {
    ...{ id: message.id, change: message.change, state: message.state, rule: message.rule, kind: message.kind },
    ...{ severity: message.severity, subject: message.subject, summary: message.summary, evidence: message.evidence },
    url: message.url,
    startedAt: time(message.startedAtMs),
    resolvedAt: message.resolvedAtMs === null ? null : time(message.resolvedAtMs),
  };
}

/** Incoming-webhook format: a plain text for notifications, and blocks. */
function slackBody(message: AlertMessage) {
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
  return {
    text: headline(message),
    blocks: [
      section(`*${escaped(headline(message))}*`),
      section(evidenceLines(message).map(escaped).join('\n') || ' '),
      section(`<${message.url}|Open in Burnrate>`),
    ],
  };
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
