import { z } from '@hono/zod-openapi';
import { maybeTimeSchema, timeSchema } from './schemas.ts';

export const alertSchema = z
  .object({
    id: z.string(),
    rule: z.string().openapi({ description: 'The rule of burnrate.yaml that saw it.' }),
    kind: z.string().openapi({ example: 'token-spike' }),
    severity: z.enum(['page', 'ticket', 'info']),
    state: z
      .enum(['firing', 'silenced', 'resolved'])
      .openapi({ description: '`silenced` fires too, but nobody is told for now.' }),
    subject: z.record(z.string(), z.string()).openapi({ description: 'Where, by dimension or budget.' }),
    summary: z.string(),
    evidence: z
      .record(z.string(), z.union([z.number(), z.string()]))
      .openapi({ description: 'The figures it rests on; money is decimal text in US dollars.' }),
    link: z.string().openapi({ description: 'Path of the dashboard that shows the same figures.' }),
    startedAt: timeSchema,
    lastSeenAt: timeSchema,
    resolvedAt: maybeTimeSchema,
    silencedUntil: maybeTimeSchema,
    acknowledgedBy: z.string().nullable(),
  })
  .openapi('Alert');

export const alertsSchema = z.object({ alerts: z.array(alertSchema) }).openapi('Alerts');

const hoursMax = 24 * 90;

export const silenceSchema = z.strictObject({
  hours: z.number().min(0).max(hoursMax).openapi({ description: 'From now; 0 ends a silence.', example: 8 }),
});
