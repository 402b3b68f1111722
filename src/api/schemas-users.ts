import { z } from '@hono/zod-openapi';
import { userRoles } from '../books/index.ts';
import { maybeTimeSchema, timeSchema } from './schemas.ts';

const roleSchema = z.enum(userRoles).openapi({
  description: '`admin` may do everything, everyone may look, `finance` and `operator` have their own parts.',
});

/** The name of a user in audit entries; `admin` and `local` name whoever holds the instance itself. */
export const userNameSchema = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._@ -]{0,99}$/u, {
    message: 'must begin with a letter or digit; letters, digits, spaces and . _ @ - may follow, 100 at most',
  })
  .refine((name) => name !== 'admin' && name !== 'local', { message: 'names the holder of the instance itself' });

export const userSchema = z
  .object({
    name: z.string(),
    role: roleSchema,
    hint: z.string().openapi({ description: 'The last characters of the token, to recognise it by.' }),
    createdAt: timeSchema,
    revokedAt: maybeTimeSchema,
  })
  .openapi('User');

export const usersSchema = z
  .object({
    users: z.array(userSchema),
    signInAsked: z.boolean().openapi({
      description: 'False without an admin token: then everyone who reaches the instance is its administrator.',
    }),
  })
  .openapi('UserList');

export const newUserSchema = z.strictObject({ name: userNameSchema, role: roleSchema }).openapi('NewUser');

export const userChangeSchema = z.strictObject({ role: roleSchema }).openapi('UserChange');

export const createdUserSchema = z
  .object({
    user: userSchema,
    token: z.string().nullable().openapi({ description: 'Shown once; null when the user was there before.' }),
  })
  .openapi('CreatedUser');
