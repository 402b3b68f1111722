import { z } from '@hono/zod-openapi';
import { rangeSchema } from './schemas.ts';

const cellSchema = z.union([z.string(), z.number(), z.null()]);

export const reportSchema = z
  .object({
    title: z.string(),
    range: rangeSchema,
    timeZone: z.string(),
    simulated: z.boolean(),
    paragraphs: z.array(z.string()),
    tables: z.array(
      z.object({
        title: z.string(),
        columns: z.array(z.object({ title: z.string(), kind: z.enum(['text', 'usd', 'count', 'number', 'share']) })),
        rows: z.array(z.array(cellSchema)),
        total: z.array(cellSchema).nullable(),
      }),
    ),
  })
  .openapi('Report', {
    description: 'Money as an exact decimal string. Markdown, HTML, CSV and XLSX of a report show the same numbers.',
  });
