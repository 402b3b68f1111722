import { z } from 'zod';
import { duration, factor, flag, money, positiveCount } from '../fields.ts';
import { scopeSchema } from './control.ts';
import { doc, fromEnvironment, name, named, section, text, textOrList } from './shapes.ts';

/** What can be watched. */
export const alertKinds = [
  'burn-rate',
  'threshold',
  'token-spike',
  'fallback-surge',
  'retry-storm',
  'cache-collapse',
  'new-high-cost-route',
  'price-jump',
  'prompt-growth',
  'concentration',
  'provider-headroom',
  'silent-meter',
  'forecast-miss',
] as const;

const emailSchema = section({
  to: doc(textOrList, 'Who is written to.', 'ops@example.com'),
  from: doc(text, 'Sender.', 'burnrate@example.com'),
  smtp: doc(text, 'SMTP URL; take it from the environment.', fromEnvironment('SMTP_URL')),
});

const channelSchema = section({
  webhook: doc(
    text.exactOptional(),
    'URL each alert is posted to; take it from the environment.',
    fromEnvironment('SLACK_URL'),
  ),
  format: doc(z.enum(['json', 'slack']).prefault('json'), 'Body of the post.', 'slack'),
  secret: doc(text.exactOptional(), 'Signs each post; take it from the environment.', fromEnvironment('HOOK_SECRET')),
  email: doc(emailSchema.exactOptional(), 'Mail instead of a post.'),
});

const ruleSchema = section({
  name: doc(name.exactOptional(), 'Unique name; the kind when absent.', 'support-spike'),
  kind: doc(z.enum(alertKinds), 'What is watched.', 'burn-rate'),
  notify: doc(textOrList.exactOptional(), 'Channels told; all when absent.', 'ops'),
  severity: doc(
    z.enum(['page', 'ticket', 'info']).exactOptional(),
    'How urgent; the kind’s own when absent.',
    'ticket',
  ),
  scope: doc(scopeSchema.prefault({}), 'Which calls are watched; `{}` is all of them.', { team: 'support' }),
  budget: doc(name.exactOptional(), 'Burn rate and threshold: the budget; all when absent.', 'company'),
  factor: doc(factor.exactOptional(), 'How many times the usual counts as abnormal; the kind’s own when absent.', 3),
  window: doc(duration.exactOptional(), 'Time looked at; the kind’s own when absent.', '1h'),
  minimumUsd: doc(money.exactOptional(), 'Spend below which it stays quiet, US dollars.', 5),
  minimumCalls: doc(positiveCount.exactOptional(), 'Calls below which it stays quiet.', 100),
  enabled: doc(flag.prefault(true), 'Whether it is evaluated.', true),
});

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'a time of day like 22:00' });

const silenceSchema = section({
  from: doc(timeOfDay, 'Begin, in `timeZone`.', '22:00'),
  to: doc(timeOfDay, 'End, in `timeZone`.', '06:00'),
  days: doc(
    z
      .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
      .min(1)
      .exactOptional(),
    'Days on which it begins; all when absent.',
    ['sat', 'sun'],
  ),
  severities: doc(z.array(z.enum(['page', 'ticket', 'info'])).prefault(['ticket', 'info']), 'What is held back.', [
    'ticket',
    'info',
  ]),
});

export const alertsSchema = section({
  channels: doc(named(channelSchema).prefault({}), 'Where alerts go.', {
    ops: { webhook: fromEnvironment('SLACK_URL'), format: 'slack' },
  }),
  rules: doc(z.array(ruleSchema).prefault([]), 'What is watched.', [{ kind: 'burn-rate', notify: 'ops' }]),
  silence: doc(z.array(silenceSchema).prefault([]), 'When less urgent alerts are held back.', [
    { from: '22:00', to: '06:00' },
  ]),
});

export type AlertChannel = z.output<typeof channelSchema>;
export type AlertRule = z.output<typeof ruleSchema>;
export type AlertSettings = z.output<typeof alertsSchema>;
