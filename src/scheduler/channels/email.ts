import { createTransport } from 'nodemailer';
import { type Channel, evidenceLines, headline } from './channel.ts';

const connectMsMax = 10_000;

/** Writes a mail for each message, over one SMTP connection at a time. */
export function email(options: {
  readonly smtp: string;
  readonly from: string;
  readonly to: readonly string[];
}): Channel {
  return {
    async send(message) {
      const transport = createTransport(options.smtp, {
        connectionTimeout: connectMsMax,
        greetingTimeout: connectMsMax,
        socketTimeout: connectMsMax,
      });
      try {
        await transport.sendMail({
          from: options.from,
          to: [...options.to],
          subject: `[Burnrate] ${headline(message)}`,
          text: [headline(message), '', ...evidenceLines(message), '', message.url].join('\n'),
          messageId: `<${message.deliveryId}@burnrate>`,
        });
      } finally {
        transport.close();
      }
    },
  };
}
