import { z } from '@hono/zod-openapi';
import { outcomeKinds } from '../tree/index.ts';
import { outcomeSchema } from './schemas-calls.ts';

/** Most characters of an id or a role. */
const nameLengthMax = 256;

const nameSchema = z.string().min(1).max(nameLengthMax);

export const outcomeRequestSchema = z
  .strictObject({
    run: nameSchema.openapi({ description: 'The run that ended; it need not be known yet.' }),
    outcome: z.enum(outcomeKinds),
    valueUsd: z
      .union([z.string(), z.number()])
      .optional()
      .openapi({ description: 'A decimal string, or a number of at most 15 significant digits.' }),
    humanMinutes: z.number().nonnegative().max(1_000_000).optional(),
    role: nameSchema.optional(),
    csat: z.number().min(0).max(100).optional(),
    id: nameSchema.optional().openapi({ description: 'Repeating an id with equal content changes nothing.' }),
    at: z
      .string()
      .datetime({ offset: true })
      .optional()
      .openapi({ description: 'RFC 3339; now when absent. At most 5 minutes ahead; any time back.' }),
  })
  .openapi('OutcomeRequest');

export const recordedOutcomeSchema = z
  .object({
    outcome: outcomeSchema,
    repeated: z.boolean().openapi({ description: 'True when this outcome was recorded before.' }),
    runKnown: z.boolean().openapi({ description: 'False while no call of the run is in the ledger.' }),
  })
  .openapi('RecordedOutcome');
