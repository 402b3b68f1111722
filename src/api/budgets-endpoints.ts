import { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import { type PutBudgetResult, periodRule } from '../books/index.ts';
import { planBudgetPrefix } from '../policy/index.ts';
import type { BudgetDefinition } from '../tree/index.ts';
import { amountJson, budgetJson, leaseJson, readBudget, standingJson } from './budget-json.ts';
import { type BudgetStanding, readStandings } from './budget-standing.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { type ApiPorts, apiLimits } from './ports.ts';
import {
  budgetName,
  budgetPageSchema,
  budgetSchema,
  budgetsSchema,
  createBudgetSchema,
  leasesSchema,
  newBudgetSchema,
  putBudgetSchema,
  releasedSchema,
} from './schemas-budgets.ts';

export const budgetsEndpoints: Endpoints = (api, ports) => {
  listBudgets(api, ports);
  createBudget(api, ports);
  showBudget(api, ports);
  setBudget(api, ports);
  removeBudget(api, ports);
  listLeases(api, ports);
  releaseLease(api, ports);
};

const byName = z.object({ name: z.string().min(1).max(256) });

const listBudgets: Endpoints = (api, ports) => {
  const summary = 'Budgets in force and how they stand; quotas of plans are under /api/plans';
  const route = endpoint(
    'viewer',
    { method: 'get', path: '/api/budgets', tag: 'Budgets', summary, answer: budgetsSchema },
    ports,
  );
  api.openapi(route, async (context) => {
    const { budgets, partial } = await readStandings(ports);
    const own = budgets.filter(({ record }) => !record.definition.name.startsWith(planBudgetPrefix));
    return context.json({ budgets: own.map(budgetJson), partial }, 200);
  });
};

const showBudget: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/budgets/{name}',
      tag: 'Budgets',
      summary: 'One budget with its instances, the fullest first',
      request: {
        params: byName,
        query: z.strictObject({
          limit: z.coerce.number().int().min(1).max(apiLimits.rowsMax).optional(),
          instance: z.string().max(4_096).optional().openapi({ description: 'Only this one, like `user=alice`.' }),
        }),
      },
      answer: budgetPageSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { limit, instance } = context.req.valid('query');
    const { standing, partial } = await standingNamed(ports, context.req.valid('param').name);
    const chosen = standing.instances.filter((each) => instance === undefined || each.instance === instance);
    const shown = chosen.slice(0, limit ?? apiLimits.rowsDefault);
    const standings = shown.map((each) => standingJson(standing.record, each));
    return context.json(
      { budget: budgetJson(standing), standings, partial: partial || shown.length < chosen.length },
      200,
    );
  });
};

/** @throws BurnrateError not_found */
async function standingNamed(ports: ApiPorts, name: string): Promise<{ standing: BudgetStanding; partial: boolean }> {
  const { budgets, partial } = await readStandings(ports, name);
  const [standing] = budgets;
  if (standing === undefined) throw new BurnrateError('not_found', { message: `There is no budget "${name}".` });
  return { standing, partial };
}

const createBudget: Endpoints = (api, ports) => {
  const route = endpoint(
    'finance',
    {
      method: 'post',
      path: '/api/budgets',
      tag: 'Budgets',
      summary: 'Makes a budget; repeating the request changes nothing',
      description: 'Refused with `already_exists` when the name is taken by other content; PUT changes it.',
      request: { body: { required: true, content: { 'application/json': { schema: createBudgetSchema } } } },
      answer: putBudgetSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { name, ...body } = context.req.valid('json');
    const wanted = readBudget(name, body, ports.instance.timeZone);
    const known = await ports.books.budgets.get(name);
    if (known !== null && known.removedAtMs === null && !sameBudget(known.definition, wanted)) {
      throw new BurnrateError('already_exists', { message: `The budget "${name}" exists with other content.` });
    }
    return context.json(await put(ports, wanted, context.get('principal').actor), 200);
  });
};

const setBudget: Endpoints = (api, ports) => {
  const route = endpoint(
    'finance',
    {
      method: 'put',
      path: '/api/budgets/{name}',
      tag: 'Budgets',
      summary: 'Makes or changes a budget; it holds for calls that begin a second later',
      description:
        'What is absent takes its default. A changed limit goes on with the present count; another period, window or ' +
        'time zone starts a new one. Budgets of burnrate.yaml are changed there.',
      request: {
        params: z.object({ name: budgetName }),
        body: { required: true, content: { 'application/json': { schema: newBudgetSchema } } },
      },
      answer: putBudgetSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { name } = context.req.valid('param');
    const wanted = readBudget(name, context.req.valid('json'), ports.instance.timeZone);
    return context.json(await put(ports, wanted, context.get('principal').actor), 200);
  });
};

async function put(ports: ApiPorts, wanted: BudgetDefinition, actor: string) {
  if (wanted.name.startsWith(planBudgetPrefix)) throw ownedByFile(wanted.name);
  const result = await ports.books.budgets.put(wanted, actor);
  const { changed } = accepted(result, wanted.name);
  const { standing } = await standingNamed(ports, wanted.name);
  return { budget: budgetJson(standing), changed };
}

function accepted(result: PutBudgetResult, name: string): PutBudgetResult & { ok: true } {
  if (result.ok) return result;
  if (result.reason === 'owned_by_file') throw ownedByFile(name);
  const message = `There are ${result.budgetsMax} budgets, the most there can be; remove one first.`;
  throw new BurnrateError('overloaded', { message });
}

function ownedByFile(name: string): BurnrateError {
  return new BurnrateError('owned_by_file', { message: `"${name}" is burnrate.yaml's own; it is changed there.` });
}

function sameBudget(a: BudgetDefinition, b: BudgetDefinition): boolean {
  const content = ({ scope, per, unit, limit, period, hard, failOpen, brake }: BudgetDefinition) =>
    JSON.stringify([Object.entries(scope).sort(), per, unit, `${limit}`, periodRule(period), hard, failOpen, brake]);
  return content(a) === content(b);
}

const removeBudget: Endpoints = (api, ports) => {
  const route = endpoint(
    'finance',
    {
      method: 'delete',
      path: '/api/budgets/{name}',
      tag: 'Budgets',
      summary: 'Removes a budget; what was spent stays in the ledger',
      request: { params: byName },
      answer: budgetSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { name } = context.req.valid('param');
    const { standing } = await standingNamed(ports, name);
    if (standing.record.source === 'file') throw ownedByFile(name);
    await ports.books.budgets.remove(name, context.get('principal').actor);
    return context.json(budgetJson(standing), 200);
  });
};

const listLeases: Endpoints = (api, ports) => {
  const route = endpoint(
    'operator',
    {
      method: 'get',
      path: '/api/leases',
      tag: 'Budgets',
      summary: 'Money that is with gateways, newest first',
      request: {
        query: z.strictObject({
          budget: z.string().max(256).optional(),
          state: z.enum(['open', 'expired', 'released', 'closed']).optional(),
          limit: z.coerce.number().int().min(1).max(apiLimits.rowsMax).optional(),
        }),
      },
      answer: leasesSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { budget, state, limit } = context.req.valid('query');
    const leases = await ports.books.budgets.leases({
      limit: limit ?? apiLimits.rowsDefault,
      ...(budget === undefined ? {} : { budget }),
      ...(state === undefined ? {} : { state }),
    });
    const units = new Map(
      (await ports.books.budgets.list()).map(({ definition }) => [definition.name, definition.unit]),
    );
    return context.json(
      { leases: leases.map((lease) => leaseJson(lease, units.get(lease.account.budget) ?? 'usd')) },
      200,
    );
  });
};

const releaseLease: Endpoints = (api, ports) => {
  const route = endpoint(
    'finance',
    {
      method: 'post',
      path: '/api/leases/{id}/release',
      tag: 'Budgets',
      summary: 'Makes what a lost gateway may have spent available again',
      description: 'Only an expired lease, and only when its gateway surely spent no more; the reason is audited.',
      request: {
        params: z.object({ id: z.string().min(1).max(256) }),
        body: {
          required: true,
          content: { 'application/json': { schema: z.strictObject({ reason: z.string().min(1).max(1_000) }) } },
        },
      },
      answer: releasedSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { id } = context.req.valid('param');
    const { reason } = context.req.valid('json');
    const result = await ports.books.budgets.release(id, reason, context.get('principal').actor);
    if (!result.ok) throw notReleased(id, result.reason);
    const unit = (await ports.books.budgets.get(result.lease.account.budget))?.definition.unit ?? 'usd';
    return context.json({ lease: leaseJson(result.lease, unit), released: amountJson(unit, result.released) }, 200);
  });
};

function notReleased(id: string, reason: 'not_found' | 'not_expired'): BurnrateError {
  if (reason === 'not_found') return new BurnrateError('not_found', { message: `There is no lease "${id}".` });
  return new BurnrateError('lease_in_use', { message: `The lease "${id}" is not expired.` });
}
