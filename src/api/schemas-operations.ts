import { z } from '@hono/zod-openapi';
import { countSchema, maybeTimeSchema, moneySchema, rangeSchema } from './schemas.ts';

const quantilesSchema = z
  .object({ p50: z.number(), p95: z.number(), p99: z.number() })
  .nullable()
  .openapi('Quantiles', { description: 'Milliseconds; null where nothing was measured.' });

const measures = {
  calls: countSchema,
  attempts: countSchema,
  failedAttempts: countSchema,
  rateLimitedAttempts: countSchema,
  furtherAttempts: countSchema.openapi({ description: 'Every attempt but the first of its call.' }),
  streamedAttempts: countSchema,
  estimatedAttempts: countSchema,
  silentAttempts: countSchema.openapi({ description: 'Successes without token counts.' }),
  unknownPriceAttempts: countSchema,
  inputTokens: countSchema,
  outputTokens: countSchema,
  requestBytes: countSchema,
  responseBytes: countSchema,
  costUsd: moneySchema,
  durationMs: quantilesSchema,
  firstTokenMs: quantilesSchema,
};

export const performanceRowSchema = z.object(measures).openapi('Performance');

export const performanceSchema = z
  .object({
    range: rangeSchema,
    by: z.array(z.string()),
    rows: z.array(
      z.object(measures).catchall(z.unknown()).openapi('PerformanceRow', {
        description: 'One entry per dimension asked for, under its own name, and the measures.',
      }),
    ),
    total: performanceRowSchema,
  })
  .openapi('PerformanceAnswer');

export const retriesSchema = z
  .object({
    range: rangeSchema,
    rows: z.array(
      z.object({
        workflow: z.string().nullable(),
        stage: z.string().nullable(),
        reason: z.enum(['first', 'retry', 'fallback', 'hedge', 'repair']),
        layer: z.enum(['client', 'gateway', 'product']),
        cause: z.string().nullable().openapi({ description: 'How the attempt before failed; null when it did not.' }),
        calls: countSchema,
        attempts: countSchema,
        tokens: countSchema,
        costUsd: moneySchema,
      }),
    ),
  })
  .openapi('Retries');

export const storageSchema = z
  .object({
    attempts: countSchema,
    outcomes: countSchema,
    sums: countSchema.openapi({ description: 'Rows of sums by hour and day, which outlive the attempts.' }),
    bytes: countSchema.openapi({ description: 'On disk.' }),
    monthlyUsd: moneySchema.nullable().openapi({
      description:
        'What keeping these bytes costs a month at `overheads.observability.perGbMonthUsd`; null without one.',
    }),
    oldestAttemptAt: maybeTimeSchema,
    newestAttemptAt: maybeTimeSchema,
    keepAttemptsMs: z.number().openapi({ description: 'How long single attempts are kept, ms.' }),
  })
  .openapi('Storage');
