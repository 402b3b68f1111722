import { z } from 'zod';
import {
  byteQuantity,
  calendarSpan,
  duration,
  factor,
  flag,
  fraction,
  fractionQuantity,
  quantity,
  signedQuantity,
  usdQuantity,
} from '../fields.ts';
import { sampledRetention } from './server.ts';
import { doc, name, named, section, text } from './shapes.ts';
import { personalData, stageSchema } from './stage.ts';

const outcomeSchema = section({
  valueUsd: doc(usdQuantity.exactOptional(), 'What one success is worth, US dollars.', 4.5),
  successRate: doc(fractionQuantity.exactOptional(), 'Share of runs that succeed.', 0.72),
  minutesSaved: doc(quantity.exactOptional(), 'Human minutes one success saves.', 6),
  savedRole: doc(name.exactOptional(), 'Role under `people` whose minutes are saved.', 'support-agent'),
  escalationRate: doc(
    fractionQuantity.exactOptional(),
    'Share of runs a person finishes, where no stage says so.',
    0.18,
  ),
  reworkRate: doc(fractionQuantity.exactOptional(), 'Share of successes that come back.', 0.08),
  extraHandleMinutes: doc(
    quantity.exactOptional(),
    'Minutes longer an escalated case takes than one that came straight to a person.',
    3,
  ),
  wrongActionRate: doc(fractionQuantity.exactOptional(), 'Share of actions taken that are wrong.', 0.004),
  wrongActionUsd: doc(usdQuantity.exactOptional(), 'What one wrong action costs, US dollars.', 600),
  conversionLift: doc(fractionQuantity.exactOptional(), 'Share of runs that convert because of the product.', 0.01),
  revenuePerConversionUsd: doc(usdQuantity.exactOptional(), 'What one conversion brings, US dollars.', 80),
  baselineCostUsd: doc(
    usdQuantity.exactOptional(),
    'What the same outcome costs without the product, US dollars.',
    7.5,
  ),
});

const segmentObject = section({
  share: doc(fractionQuantity, 'Share of sessions.', 0.05),
  retry: doc(factor.prefault(1), 'Factor on failure and retry rates.', 3),
  input: doc(factor.prefault(1), 'Factor on input tokens.', 1.5),
  output: doc(factor.prefault(1), 'Factor on output tokens.', 1.2),
  interactions: doc(factor.prefault(1), 'Factor on interactions per session.', 2),
  regenerations: doc(factor.prefault(1), 'Factor on regenerations.', 2),
  successRate: doc(fractionQuantity.exactOptional(), 'Its own success rate.', 0.2),
});
type SegmentObject = z.output<typeof segmentObject>;
const segmentSchema = z
  .union([segmentObject, fractionQuantity])
  .transform(
    (value): SegmentObject =>
      'kind' in value ? { share: value, retry: 1, input: 1, output: 1, interactions: 1, regenerations: 1 } : value,
  );

const seasonalitySchema = section({
  hourOfDay: doc(
    z.array(factor).length(24).exactOptional(),
    'Relative traffic of the 24 hours, midnight first, in `timeZone`.',
    [
      ...Array.from({ length: 8 }, () => 0.2),
      ...Array.from({ length: 10 }, () => 2),
      ...Array.from({ length: 6 }, () => 0.5),
    ],
  ),
  dayOfWeek: doc(
    z.array(factor).length(7).exactOptional(),
    'Relative traffic of the seven days, Monday first.',
    [1, 1, 1, 1, 0.9, 0.3, 0.3],
  ),
  monthOfYear: doc(
    z.array(factor).length(12).exactOptional(),
    'Relative traffic of the twelve months, January first.',
    [1, 1, 1, 1, 1, 0.9, 0.7, 0.7, 1, 1.1, 1.3, 1.5],
  ),
});

const onboardingSchema = section({
  share: doc(fractionQuantity, 'Share of users who are new in a month.', 0.1),
  lasts: doc(duration, 'How long a user counts as new.', '14d'),
  interactions: doc(factor, 'Factor on a new user’s interactions.', 2.5),
});

const concentrationSchema = section({
  topShare: doc(fraction, 'Share of users who are power users.', 0.05),
  interactionShare: doc(fractionQuantity, 'Share of interactions they make.', 0.4),
});

const trafficSchema = section({
  users: doc(quantity.exactOptional(), 'Active users.', '800 to 1500'),
  sessionsPerUserPerDay: doc(quantity.exactOptional(), 'Sessions of one active user in a day.', 0.6),
  interactionsPerSession: doc(quantity.prefault(1), 'User intents in one session.', '1 to 5'),
  regenerationsPerInteraction: doc(quantity.prefault(0), 'Further drafts asked for in one interaction.', 0.4),
  runsPerInteraction: doc(quantity.prefault(1), 'Passes through the workflow for one draft.', 1),
  runsPerDay: doc(quantity.exactOptional(), 'Runs a day, in place of users and sessions.', '2k to 5k'),
  duplicateTabs: doc(fractionQuantity.prefault(0), 'Share of interactions sent twice from a second tab.', 0.02),
  activeDaysPerMonth: doc(quantity.exactOptional(), 'Days a month with traffic; every day when absent.', 22),
  growthPerMonth: doc(
    signedQuantity.exactOptional(),
    'Growth from month to month, where no scenario says otherwise.',
    '8%',
  ),
  peakFactor: doc(factor.exactOptional(), 'Traffic at the busiest hour over the mean.', 3),
  seasonality: doc(seasonalitySchema.exactOptional(), 'Shape of the day, the week and the year.'),
  onboarding: doc(onboardingSchema.exactOptional(), 'How new users differ.'),
  concentration: doc(concentrationSchema.exactOptional(), 'How unequal users are.'),
  segments: doc(named(segmentSchema).prefault({}), 'Kinds of sessions: their share, or share and factors.', {
    happy: 0.8,
    edge: 0.15,
    failing: { share: 0.05, retry: 3 },
  }),
  plans: doc(named(fractionQuantity).prefault({}), 'Share of users on each plan.', { free: 0.9, pro: 0.1 }),
});

const impatienceSchema = section({
  afterSeconds: doc(quantity, 'Seconds of waiting after which users lose patience.', 6),
  retryProbability: doc(fractionQuantity.prefault(0), 'Share of them that asks again.', 0.35),
  abandonProbability: doc(fractionQuantity.prefault(0), 'Share of them that leaves.', 0.05),
  ticketProbability: doc(fractionQuantity.prefault(0), 'Share of them that writes a ticket.', 0.01),
  costOfAbandonUsd: doc(usdQuantity.exactOptional(), 'What one who leaves costs, US dollars.', 0.8),
  costOfTicketUsd: doc(usdQuantity.exactOptional(), 'What one ticket costs, US dollars.', 5),
  elasticity: doc(
    quantity.exactOptional(),
    'How much faster patience ends as waiting grows: 1 is in proportion.',
    '0.5 to 2',
  ),
});

const storeSchema = section({
  prompts: doc(
    flag.prefault(false),
    'Whether prompts and answers are stored; redaction of the stage comes first.',
    true,
  ),
  redact: doc(z.array(z.enum(personalData)).prefault([]), 'Personal data taken out before storing.', ['email']),
  expireAfter: doc(duration, 'When what is stored is deleted.', '30d'),
  share: doc(fraction.prefault(1), 'Share of runs stored.', 0.1),
});

const workflowRetention = section({
  attempts: doc(duration.exactOptional(), 'How long attempts of this workflow are kept; as of all when absent.', '30d'),
  sampled: doc(
    sampledRetention.exactOptional(),
    'A sample of its runs kept longer; as of all when absent. With a share of 0 there is none.',
    { keep: '90d', share: 0 },
  ),
});

const workflowObject = section({
  description: doc(text.exactOptional(), 'What the workflow is for.', 'Answers customers’ questions.'),
  team: doc(text.exactOptional(), 'Team that owns it.', 'support'),
  feature: doc(text.exactOptional(), 'Feature it belongs to.', 'chat'),
  customer: doc(text.exactOptional(), 'Customer it is run for.', 'acme'),
  environment: doc(text.exactOptional(), 'Environment it runs in.', 'production'),
  outcome: doc(outcomeSchema.exactOptional(), 'What a run is for and what it is worth.', {
    valueUsd: 4.5,
    successRate: 0.72,
  }),
  traffic: doc(trafficSchema.exactOptional(), 'How many come and how they behave.', {
    users: '800 to 1500',
    sessionsPerUserPerDay: 0.6,
  }),
  impatience: doc(impatienceSchema.exactOptional(), 'What waiting does to users.', {
    afterSeconds: 6,
    retryProbability: 0.35,
  }),
  productLife: doc(calendarSpan.exactOptional(), 'Over how long one-off costs are spread.', '24 months'),
  naive: doc(
    section({ callsPerDay: doc(quantity, 'Calls a day the plan assumed.', 500) }).exactOptional(),
    'The plan to compare with.',
    {
      callsPerDay: 500,
    },
  ),
  bytesPerCall: doc(byteQuantity.exactOptional(), 'Bytes logged per call, where it differs from `overheads`.', '20kB'),
  targetLatency: doc(duration.exactOptional(), 'Time to the whole answer users are promised.', '4s'),
  store: doc(storeSchema.exactOptional(), 'Opt-in: keeping prompts and answers, redacted and with an expiry.', {
    prompts: true,
    expireAfter: '30d',
  }),
  retention: doc(workflowRetention.exactOptional(), 'Retention of its own.', { attempts: '30d' }),
  start: doc(name.exactOptional(), 'First stage; the first one written when absent.', 'classify'),
  stages: doc(named(stageSchema), 'The stages by name, in any order.', {
    answer: { model: 'openai/gpt-5-mini', input: '200 to 900', output: '150 to 600' },
  }),
});
type WorkflowFields = z.output<typeof workflowObject>;

export interface Workflow extends Omit<WorkflowFields, 'start'> {
  /** Name of the first stage. */
  readonly start: string;
}

export const workflowSchema = workflowObject.transform(
  (fields): Workflow => ({ ...fields, start: fields.start ?? Object.keys(fields.stages)[0] ?? '' }),
);

export type WorkflowOutcome = z.output<typeof outcomeSchema>;
export type Segment = SegmentObject;
export type Impatience = z.output<typeof impatienceSchema>;
