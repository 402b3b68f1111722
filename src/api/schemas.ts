import { z } from '@hono/zod-openapi';
import { attributionNames, buckets, lineKinds, type Unit } from '../tree/index.ts';

const units = [
  'tokens',
  'calls',
  'images',
  'seconds',
  'minutes',
  'bytes',
  'hours',
  'usd',
] as const satisfies readonly Unit[];

const moneyPattern = /^-?\d+(\.\d{1,12})?$/;

/** A decimal number of US dollars as text, exact to the picodollar. */
export const moneySchema = z
  .string()
  .regex(moneyPattern)
  .openapi('Money', { description: 'US dollars as an exact decimal string.', example: '0.00125' });

/** Money that may be missing: null is unknown, never zero. A schema of its own, as a reference to Money would forbid null. */
export const maybeMoneySchema = z
  .string()
  .regex(moneyPattern)
  .nullable()
  .openapi('MaybeMoney', { description: 'US dollars as an exact decimal string; null when it is not known.' });

export const timeSchema = z
  .string()
  .datetime({ offset: true })
  .openapi('Time', { description: 'A moment, RFC 3339.', example: '2026-03-01T12:00:00.000Z' });

export const maybeTimeSchema = z
  .string()
  .datetime({ offset: true })
  .nullable()
  .openapi('MaybeTime', { description: 'A moment, RFC 3339; null when it has not come.' });

export const countSchema = z.number().int().nonnegative().openapi('Count', { example: 12 });

export const rangeSchema = z
  .object({ from: timeSchema, to: timeSchema })
  .openapi('Range', { description: 'Half-open: from ≤ start < to.' });

/** What every refusal looks like. `burnrate-error-code` carries the code as a header too. */
export const errorSchema = z
  .object({
    error: z.object({
      code: z.string().openapi({ example: 'validation_failed' }),
      message: z.string(),
      remedy: z.string(),
      fields: z
        .array(z.object({ field: z.string(), message: z.string() }))
        .optional()
        .openapi({ description: 'Which fields of the request are wrong, and why.' }),
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
      retryAfterMs: z.number().optional(),
    }),
  })
  .openapi('Error');

export const usageSchema = z
  .partialRecord(z.enum(buckets), countSchema)
  .openapi('Usage', { description: 'Quantities by disjoint bucket; an absent bucket is zero.', type: 'object' });

const lineFields = {
  line: z.enum(lineKinds),
  bucket: z.string().openapi({ description: 'A usage bucket, or minutes, bytes, hours or fixed.', example: 'input' }),
  unit: z.enum(units),
  quantity: z.number(),
  costUsd: moneySchema,
};

/** One priced quantity of one attempt. */
export const costLineSchema = z
  .object({ ...lineFields, rateUsdPerMillion: moneySchema })
  .openapi('CostLine', { description: 'costUsd is exactly quantity × rate.' });

/** Lines of many attempts, added up. */
export const lineTotalSchema = z.object(lineFields).openapi('LineTotal');

export const attributionSchema = z
  .object({
    ...(Object.fromEntries(attributionNames.map((name) => [name, z.string().optional()])) as Record<
      (typeof attributionNames)[number],
      z.ZodOptional<z.ZodString>
    >),
    tags: z.record(z.string(), z.string()).optional(),
  })
  .openapi('Attribution', { description: 'What a call is attributed to. Absent means nobody said.' });
