import { z } from 'zod';
import {
  duration,
  factor,
  fractionQuantity,
  instant,
  positiveCount,
  quantity,
  signedQuantity,
  usdQuantity,
  wholeBetween,
} from '../fields.ts';
import { doc, modelName, name, named, section, text } from './shapes.ts';

const factorQuantity = (what: string, example: unknown): z.ZodExactOptional<typeof quantity> =>
  doc(quantity.exactOptional(), `Factor on ${what}; 1 changes nothing.`, example);

/** What scenarios and stresses can both change. */
const changes = {
  description: doc(text.exactOptional(), 'What it stands for.', 'The price list rises by a third.'),
  workflows: doc(z.array(name).min(1).exactOptional(), 'Workflows it touches; all when absent.', ['support-assistant']),
  traffic: factorQuantity('traffic', 1.5),
  prices: factorQuantity('model prices', 1.3),
  inputTokens: factorQuantity('input tokens', 1.2),
  outputTokens: factorQuantity('output tokens', 1.2),
  latency: factorQuantity('latency', 3),
  failures: factorQuantity('failure rates', 2),
  retries: factorQuantity('retries after failures', 2),
  cacheHits: factorQuantity('cache hit rates', 0.5),
  escalations: factorQuantity('branches that end with a person', 1.5),
  monthlyUsd: doc(usdQuantity.exactOptional(), 'Further fixed cost of a month, US dollars.', 6000),
  successRate: factorQuantity('success rates', 0.9),
};

export const scenarioSchema = section({
  ...changes,
  growthPerMonth: doc(signedQuantity.exactOptional(), 'Growth of traffic from month to month.', 0.08),
  plans: doc(named(fractionQuantity).exactOptional(), 'Plan mix in place of the traffic’s own.', {
    free: 0.8,
    pro: 0.2,
  }),
  priceChangePerYear: doc(signedQuantity.exactOptional(), 'Drift of model prices in a year.', '-30% to 0%'),
});

export const stressSchema = section({
  ...changes,
  newUsers: doc(quantity.exactOptional(), 'Users who arrive at once.', 10000),
  over: doc(duration.exactOptional(), 'Time they arrive in.', '48h'),
  interactionsPerUser: doc(quantity.exactOptional(), 'Interactions each of them makes.', 10),
  from: doc(instant.exactOptional(), 'When it begins; the first day of the forecast when absent.', '2026-06-01'),
  lasts: doc(duration.exactOptional(), 'How long it lasts; to the end when absent.', '14d'),
});

export const forecastSchema = section({
  months: doc(wholeBetween(1, 60).prefault(12), 'Months looked ahead.', 12),
  trials: doc(positiveCount.prefault(10000), 'Simulated futures.', 10000),
  seed: doc(wholeBetween(0, 4294967295).exactOptional(), 'Seed of the simulation; a new one each time when absent.', 7),
  start: doc(instant.exactOptional(), 'First month; the coming one when absent.', '2026-01-01'),
});

export const alternativeSchema = section({
  description: doc(text.exactOptional(), 'What it stands for.', 'Everything on our own GPUs.'),
  replace: doc(z.record(text, modelName), 'Which model takes the place of which.', {
    'openai/gpt-5-mini': 'local/llama-70b',
  }),
  successRate: factorQuantity('success rates', 0.97),
  inputTokens: factorQuantity('input tokens', 1.1),
  outputTokens: factorQuantity('output tokens', 1.1),
  monthlyUsd: doc(usdQuantity.exactOptional(), 'Further fixed cost of a month, US dollars.', 1200),
  hoursPerMonth: doc(quantity.exactOptional(), 'Work it takes each month, hours.', 20),
  role: doc(name.exactOptional(), 'Role under `people` who does it.', 'engineer'),
});

export const pilotSchema = section({
  levels: doc(
    named(factor).prefault({ baseline: 1, expected: 5, stress: 25 }),
    'Traffic levels, as factors on the file’s own traffic.',
    {
      baseline: 1,
      expected: 5,
      stress: 25,
    },
  ),
  duration: doc(duration.prefault('10m'), 'How long each level is held.', '10m'),
  maxUsd: doc(usdQuantity.exactOptional(), 'Most the pilot may spend, US dollars.', 50),
});

export type Scenario = z.output<typeof scenarioSchema>;
export type Stress = z.output<typeof stressSchema>;
export type Alternative = z.output<typeof alternativeSchema>;
