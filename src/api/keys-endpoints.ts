import { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import type { AuditEntry, CreateKeyResult, KeyRecord, NewKey } from '../books/index.ts';
import { attributionJson } from './attempt-json.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { apiLimits } from './ports.ts';
import { timeJson } from './range.ts';
import { auditSchema, createdKeySchema, keySchema, keysSchema, newKeySchema } from './schemas-keys.ts';

export const keysEndpoints: Endpoints = (api, ports) => {
  listKeys(api, ports);
  createKey(api, ports);
  revokeKey(api, ports);
  listAudit(api, ports);
};

const listKeys: Endpoints = (api, ports) => {
  const route = endpoint(
    'operator',
    {
      method: 'get',
      path: '/api/keys',
      tag: 'Keys',
      summary: 'Access keys, newest first, revoked ones included',
      request: {
        query: z.strictObject({
          limit: z.coerce.number().int().min(1).max(apiLimits.keysMax).optional(),
          before: z.string().max(256).optional().openapi({ description: 'Only keys before this id, for paging.' }),
        }),
      },
      answer: keysSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { limit, before } = context.req.valid('query');
    const page = { limit: limit ?? apiLimits.keysDefault, ...(before === undefined ? {} : { beforeId: before }) };
    const keys = await ports.books.keys.list(page);
    return context.json({ keys: keys.map(keyJson) }, 200);
  });
};

const createKey: Endpoints = (api, ports) => {
  const route = endpoint(
    'admin',
    {
      method: 'post',
      path: '/api/keys',
      tag: 'Keys',
      summary: 'Makes an access key; its secret is in this answer and nowhere else',
      description: 'With an `id`, repeating the request makes no second key; the answer then has no secret.',
      request: { body: { required: true, content: { 'application/json': { schema: newKeySchema } } } },
      answer: createdKeySchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const wanted = context.req.valid('json') as NewKey;
    const result = await ports.books.keys.create(wanted, context.get('principal').actor);
    return context.json(createdJson(result, wanted), 200);
  });
};

/** @throws BurnrateError already_exists when the id names a key with other content */
function createdJson(result: CreateKeyResult, wanted: NewKey): z.infer<typeof createdKeySchema> {
  if (result.ok) return { key: keyJson(result.key), secret: result.secret };
  if (!sameContent(result.key, wanted)) {
    throw new BurnrateError('already_exists', { message: `The key "${result.key.id}" exists with other content.` });
  }
  return { key: keyJson(result.key), secret: null };
}

function sameContent(key: KeyRecord, wanted: NewKey): boolean {
  const content = (from: Pick<NewKey, 'name' | 'defaults' | 'allowedModels' | 'budgets'>) =>
    JSON.stringify([
      from.name,
      Object.entries(attributionJson(from.defaults ?? {})),
      from.allowedModels ?? [],
      from.budgets ?? [],
    ]);
  return content(key) === content(wanted);
}

const revokeKey: Endpoints = (api, ports) => {
  const route = endpoint(
    'admin',
    {
      method: 'delete',
      path: '/api/keys/{id}',
      tag: 'Keys',
      summary: 'Revokes an access key; repeating it changes nothing',
      request: { params: z.object({ id: z.string().min(1).max(256) }) },
      answer: keySchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { id } = context.req.valid('param');
    const key = await ports.books.keys.revoke(id, context.get('principal').actor);
    if (key === null) throw new BurnrateError('not_found', { message: `There is no key "${id}".` });
    return context.json(keyJson(key), 200);
  });
};

const listAudit: Endpoints = (api, ports) => {
  const route = endpoint(
    'admin',
    {
      method: 'get',
      path: '/api/audit',
      tag: 'Audit',
      summary: 'Who changed what, newest first',
      request: {
        query: z.strictObject({
          limit: z.coerce.number().int().min(1).max(apiLimits.auditMax).optional(),
          before: z.coerce.number().int().min(1).optional().openapi({ description: 'Only entries before this one.' }),
          subject: z.string().max(256).optional(),
          action: z.string().max(64).optional().openapi({ description: 'Only actions that begin with this.' }),
        }),
      },
      answer: auditSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { limit, before, subject, action } = context.req.valid('query');
    const entries = await ports.books.audit.list({
      limit: limit ?? apiLimits.auditDefault,
      ...(before === undefined ? {} : { beforeSequence: before }),
      ...(subject === undefined ? {} : { subject }),
      ...(action === undefined ? {} : { actionPrefix: action }),
    });
    return context.json({ entries: entries.map(auditJson) }, 200);
  });
};

function keyJson(key: KeyRecord): z.infer<typeof keySchema> {
  return {
    id: key.id,
    name: key.name,
    hint: key.hint,
    defaults: attributionJson(key.defaults),
    allowedModels: [...key.allowedModels],
    budgets: [...key.budgets],
    createdAt: timeJson(key.createdAtMs),
    revokedAt: key.revokedAtMs === null ? null : timeJson(key.revokedAtMs),
  };
}

function auditJson(entry: AuditEntry): z.infer<typeof auditSchema>['entries'][number] {
  const { sequence, actor, action, subject } = entry;
  const changed = { before: entry.before ?? null, after: entry.after ?? null };
  return { sequence, at: timeJson(entry.atMs), actor, action, subject, ...changed };
}
