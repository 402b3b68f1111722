import { z } from '@hono/zod-openapi';
import { attributionSchema, countSchema, maybeTimeSchema, timeSchema } from './schemas.ts';

const word = z.string().min(1).max(256);

export const keySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    hint: z.string().openapi({ description: 'The last characters of the secret, to recognise it by.' }),
    defaults: attributionSchema,
    allowedModels: z
      .array(z.string())
      .openapi({ description: '`model` or `provider/model`; empty allows every model.' }),
    budgets: z.array(z.string()),
    createdAt: timeSchema,
    revokedAt: maybeTimeSchema,
  })
  .openapi('Key');

export const keysSchema = z.object({ keys: z.array(keySchema) }).openapi('KeyList');

export const newKeySchema = z
  .strictObject({
    id: word.optional().openapi({ description: 'Chosen by the client to make creation repeatable.' }),
    name: word,
    defaults: z
      .strictObject({
        team: word.optional(),
        feature: word.optional(),
        customer: word.optional(),
        plan: word.optional(),
        environment: word.optional(),
      })
      .optional()
      .openapi({ description: 'What calls of this key are attributed to when they say nothing themselves.' }),
    allowedModels: z.array(word).max(200).optional(),
    budgets: z.array(word).max(50).optional(),
  })
  .openapi('NewKey');

export const createdKeySchema = z
  .object({
    key: keySchema,
    secret: z.string().nullable().openapi({ description: 'Shown once; null when the key was there before.' }),
  })
  .openapi('CreatedKey');

export const auditSchema = z
  .object({
    entries: z.array(
      z.object({
        sequence: countSchema,
        at: timeSchema,
        actor: z.string(),
        action: z.string().openapi({ example: 'key.create' }),
        subject: z.string(),
        before: z.unknown(),
        after: z.unknown(),
      }),
    ),
  })
  .openapi('Audit');
