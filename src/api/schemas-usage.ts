import { z } from '@hono/zod-openapi';
import { failureClasses } from '../tree/index.ts';
import { apiLimits } from './ports.ts';
import { countSchema } from './schemas.ts';
import { labelsSchema, nameSchema } from './schemas-labels.ts';

const idLengthMax = 512;
const quantityMax = 1_000_000_000;
const durationMsMax = 86_400_000;
const bytesMax = 1_000_000_000_000;

const amount = z.union([z.string(), z.number()]).openapi({
  description:
    'US dollars: a decimal string, or a number of at most 15 significant digits. It wins over our own prices.',
});

const common = {
  call: nameSchema.optional().openapi({ description: 'Attempts of one call share it; one of its own when absent.' }),
  run: nameSchema.optional().openapi({ description: 'A run of its own when absent.' }),
  labels: labelsSchema.optional(),
  costUsd: amount.optional(),
  durationMs: z.number().nonnegative().max(durationMsMax).optional(),
  requestBytes: z.number().int().nonnegative().max(bytesMax).optional(),
  responseBytes: z.number().int().nonnegative().max(bytesMax).optional(),
  failure: z.enum(failureClasses).exclude(['crash']).optional(),
  estimated: z.boolean().default(false).openapi({ description: 'True when the quantities were not measured.' }),
  simulated: z.boolean().default(false),
};

const callData = z
  .strictObject({
    ...common,
    provider: nameSchema,
    model: nameSchema.openapi({ description: 'The model that answered.' }),
    modelRequested: nameSchema.optional(),
    tier: nameSchema.optional(),
    usage: z.record(z.string(), z.unknown()).optional().openapi({
      description: "The provider's usage object as it came, or quantities by Burnrate's own buckets.",
    }),
    operation: z.string().min(1).max(64).default('other'),
    attempt: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(1)
      .openapi({ description: 'Its place among those of the call.' }),
    reason: z.enum(['first', 'retry', 'fallback', 'hedge', 'repair']).default('first'),
  })
  .refine((data) => data.usage !== undefined || data.costUsd !== undefined, 'usage or costUsd is needed');

const serviceData = z.strictObject({
  ...common,
  service: nameSchema.openapi({
    description: 'As under `services` of burnrate.yaml, or any other name with `costUsd`.',
  }),
  quantity: z.number().int().min(1).max(quantityMax).default(1).openapi({ description: 'How many calls of it.' }),
  line: z
    .enum(['retrieval', 'services', 'guardrails', 'infrastructure', 'capacity', 'observability'])
    .optional()
    .openapi({ description: 'Line of the full cost; what burnrate.yaml says of the service, else `services`.' }),
});

const envelope = {
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(idLengthMax),
  source: z.string().min(1).max(idLengthMax),
  time: z.string().datetime({ offset: true }).optional().openapi({ description: 'When it began; now when absent.' }),
  subject: z.string().max(idLengthMax).optional(),
  datacontenttype: z.literal('application/json').optional(),
};

/** Further attributes of an event are extensions, which CloudEvents allows and nothing here reads. */
export const usageEventSchema = z
  .discriminatedUnion('type', [
    z.object({ ...envelope, type: z.literal('burnrate.call'), data: callData }).openapi('CallEvent'),
    z.object({ ...envelope, type: z.literal('burnrate.service'), data: serviceData }).openapi('ServiceEvent'),
  ])
  .openapi('UsageEvent');

/** One event, or a batch of them. */
export const usageEventsSchema = z
  .preprocess(
    (body) => (Array.isArray(body) ? body : [body]),
    z.array(usageEventSchema).min(1).max(apiLimits.usageEventsMax),
  )
  .openapi({ description: `One CloudEvent, or a batch of up to ${apiLimits.usageEventsMax} as an array.` });

export const recordedUsageSchema = z
  .object({
    recorded: countSchema,
    repeated: countSchema.openapi({ description: 'Events that were told before.' }),
    unknownPrice: countSchema.openapi({ description: 'Events whose price is not known; they are in no sum.' }),
  })
  .openapi('RecordedUsage');
