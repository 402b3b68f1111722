import { z } from 'zod';
import { attributionNames, type Scope, type ScopeDimension } from '../../tree/index.ts';
import { duration, flag, fraction, money, positiveCount, rate } from '../fields.ts';
import { doc, modelName, name, section, text, textOrList } from './shapes.ts';

/** What a scope can name, beside tags. */
const scopeNames = [...attributionNames, 'key', 'model', 'provider'] as const;
type ScopeName = (typeof scopeNames)[number];

type ScopeShape = Record<ScopeName, z.ZodExactOptional<typeof textOrList>>;
const scopeExamples: Readonly<Record<ScopeName, string>> = {
  workflow: 'support-assistant',
  stage: 'answer',
  run: 'run-1',
  session: 'session-1',
  interaction: 'interaction-1',
  user: 'user-1',
  customer: 'acme',
  segment: 'failing',
  team: 'support',
  feature: 'chat',
  plan: 'free',
  environment: 'production',
  release: 'r42',
  promptVersion: 'v3',
  key: 'key-1',
  model: 'openai/gpt-5-mini',
  provider: 'openai',
};
const scopeShape = Object.fromEntries(
  scopeNames.map((dimension) => [
    dimension,
    doc(
      textOrList.exactOptional(),
      `Only calls whose ${dimension} is this, or one of these.`,
      scopeExamples[dimension],
    ),
  ]),
) as unknown as ScopeShape;

const scopeObject = section({
  ...scopeShape,
  tags: doc(z.record(text, textOrList).exactOptional(), 'Only calls with these tags.', { region: 'eu' }),
});

/** Tags become dimensions of their own: `tags: { region: eu }` is `tag.region`. */
export const scopeSchema = scopeObject.transform(({ tags, ...named }): Scope => {
  const tagged = Object.entries(tags ?? {}).map(([tag, values]) => [`tag.${tag}`, values]);
  return { ...named, ...Object.fromEntries(tagged) };
});

const perName = z.union([z.enum(scopeNames), z.templateLiteral(['tag.', z.string().min(1)], { error: 'tag.<name>' })]);
const perSchema = z
  .union([perName, z.array(perName)])
  .transform((value): readonly ScopeDimension[] => (typeof value === 'string' ? [value] : value));

const scope = doc(scopeSchema.prefault({}), 'Which calls it covers; `{}` is all of them.', { plan: 'free' });
const per = doc(
  perSchema.prefault([] as never),
  'One of its own for each value of these: user, customer, key, tag.region, …',
  'user',
);

const brakeStep = section({
  at: doc(fraction, 'Share of the limit from which it holds.', '70%'),
  maxOutputTokens: doc(positiveCount.exactOptional(), 'Longest answer, in tokens.', 200),
  model: doc(modelName.exactOptional(), 'Model every call takes instead.', 'openai/gpt-5-nano'),
  queue: doc(duration.exactOptional(), 'Calls wait this long for their turn.', '5s'),
  cooldown: doc(duration.exactOptional(), 'Pause of each user between calls.', '30s'),
  stop: doc(flag.exactOptional(), 'Nothing more is let in.', true),
});

const periods = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year', 'total'] as const;

export const budgetSchema = section({
  name: doc(name, 'Unique name.', 'free-users'),
  scope,
  per,
  limitUsd: doc(money, 'Most that may be spent in one period, US dollars.', 0.25),
  period: doc(z.enum(periods), 'How long until it starts anew; `total` never does.', 'day'),
  window: doc(
    z.enum(['calendar', 'rolling']).prefault('calendar'),
    'Whether periods follow the calendar in `timeZone`, or the time just past.',
    'rolling',
  ),
  hard: doc(flag.prefault(false), 'Hard: cannot be overspent. Soft: warns.', true),
  whenBooksAreLost: doc(
    z.enum(['closed', 'open']).prefault('closed'),
    'Hard budgets while the books cannot be reached: refuse what is not leased, or let it through.',
    'closed',
  ),
  warnAt: doc(
    z.array(fraction).prefault([0.5, 0.8, 1]),
    'Shares of the limit that raise an alert, once a period.',
    [0.5, 0.8, 1],
  ),
  brake: doc(z.array(brakeStep).prefault([]), 'Steps that slow spending down, each from its share of the limit on.', [
    { at: '70%', maxOutputTokens: 200 },
    { at: '85%', model: 'openai/gpt-5-nano' },
    { at: '95%', cooldown: '30s' },
  ]),
  notify: doc(textOrList.exactOptional(), 'Alert channels told of it.', 'ops'),
});

export const limitSchema = section({
  name: doc(name.exactOptional(), 'Name shown when it refuses; made from its scope when absent.', 'per-user'),
  scope,
  per,
  requests: doc(rate.exactOptional(), 'Requests allowed.', '20/m'),
  tokens: doc(rate.exactOptional(), 'Tokens allowed, input and output together.', '40k/m'),
  concurrent: doc(positiveCount.exactOptional(), 'Requests in flight allowed.', 3),
  cooldown: doc(duration.exactOptional(), 'Pause after it was exceeded.', '30s'),
});

const each = (what: string, example: number): z.ZodExactOptional<typeof positiveCount> =>
  doc(positiveCount.exactOptional(), `${what} each user of the plan has.`, example);

export const planSchema = section({
  priceUsd: doc(money.exactOptional(), 'What a user pays each month, US dollars.', 29),
  interactionsPerDay: each('Interactions a day', 200),
  interactionsPerMonth: each('Interactions a month', 4000),
  tokensPerDay: each('Tokens a day', 500_000),
  tokensPerMonth: each('Tokens a month', 10_000_000),
  usdPerDay: doc(money.exactOptional(), 'US dollars a day each user of the plan may cost.', 0.5),
  usdPerMonth: doc(money.exactOptional(), 'US dollars a month each user of the plan may cost.', 10),
  maxOutputTokens: doc(positiveCount.exactOptional(), 'Longest answer, in tokens.', 400),
  models: doc(z.array(modelName).min(1).exactOptional(), 'The only models its users may call.', ['openai/gpt-5-nano']),
});

export type BrakeStep = z.output<typeof brakeStep>;
export type Budget = z.output<typeof budgetSchema>;
export type Limit = z.output<typeof limitSchema>;
export type Plan = z.output<typeof planSchema>;
