import { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import type { UserRecord } from '../books/index.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { timeJson } from './range.ts';
import { createdUserSchema, newUserSchema, userChangeSchema, userSchema, usersSchema } from './schemas-users.ts';

export const usersEndpoints: Endpoints = (api, ports) => {
  listUsers(api, ports);
  createUser(api, ports);
  changeUser(api, ports);
  revokeUser(api, ports);
};

const listUsers: Endpoints = (api, ports) => {
  const route = endpoint(
    'admin',
    {
      method: 'get',
      path: '/api/users',
      tag: 'Users',
      summary: 'People who may sign in, by name, revoked ones included',
      request: {},
      answer: usersSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const users = await ports.books.users.list();
    return context.json({ users: users.map(userJson), signInAsked: ports.instance.signIn }, 200);
  });
};

const createUser: Endpoints = (api, ports) => {
  const route = endpoint(
    'admin',
    {
      method: 'post',
      path: '/api/users',
      tag: 'Users',
      summary: 'Lets a person sign in; their token is in this answer and nowhere else',
      description: 'Repeating the request gives the user without a token. A revoked name gets a new token.',
      request: { body: { required: true, content: { 'application/json': { schema: newUserSchema } } } },
      answer: createdUserSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const wanted = context.req.valid('json');
    const made = await ports.books.users.create(wanted, context.get('principal').actor);
    if (made.ok) return context.json({ user: userJson(made.user), token: made.token }, 200);
    if (made.user.role !== wanted.role) {
      throw new BurnrateError('already_exists', {
        message: `The user "${wanted.name}" exists with the role ${made.user.role}.`,
      });
    }
    return context.json({ user: userJson(made.user), token: null }, 200);
  });
};

const byName = { params: z.object({ name: z.string().min(1).max(256) }) };

const changeUser: Endpoints = (api, ports) => {
  const route = endpoint(
    'admin',
    {
      method: 'put',
      path: '/api/users/{name}',
      tag: 'Users',
      summary: 'Gives a user another role, from their next request on',
      request: { ...byName, body: { required: true, content: { 'application/json': { schema: userChangeSchema } } } },
      answer: userSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { name } = context.req.valid('param');
    const { role } = context.req.valid('json');
    return context.json(found(name, await ports.books.users.setRole(name, role, context.get('principal').actor)), 200);
  });
};

const revokeUser: Endpoints = (api, ports) => {
  const route = endpoint(
    'admin',
    {
      method: 'delete',
      path: '/api/users/{name}',
      tag: 'Users',
      summary: 'Ends the token and the sessions of a user; repeating it changes nothing',
      request: byName,
      answer: userSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { name } = context.req.valid('param');
    return context.json(found(name, await ports.books.users.revoke(name, context.get('principal').actor)), 200);
  });
};

/** @throws BurnrateError not_found */
function found(name: string, user: UserRecord | null): z.infer<typeof userSchema> {
  if (user === null) throw new BurnrateError('not_found', { message: `There is no user "${name}".` });
  return userJson(user);
}

function userJson({ name, role, hint, createdAtMs, revokedAtMs }: UserRecord): z.infer<typeof userSchema> {
  const revokedAt = revokedAtMs === null ? null : timeJson(revokedAtMs);
  return { name, role, hint, createdAt: timeJson(createdAtMs), revokedAt };
}
