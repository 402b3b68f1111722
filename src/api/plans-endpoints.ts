import { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import type { Plan } from '../config/index.ts';
import { toDecimal } from '../money/index.ts';
import { planBudgetPrefix } from '../policy/index.ts';
import { budgetJson, standingJson } from './budget-json.ts';
import { type BudgetStanding, readStandings } from './budget-standing.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { apiLimits } from './ports.ts';
import { planPageSchema, type planSchema, plansSchema } from './schemas-budgets.ts';

export const plansEndpoints: Endpoints = (api, ports) => {
  listPlans(api, ports);
  showPlan(api, ports);
};

const listPlans: Endpoints = (api, ports) => {
  const summary = 'Plans of burnrate.yaml with their quotas';
  const route = endpoint(
    'viewer',
    { method: 'get', path: '/api/plans', tag: 'Plans', summary, answer: plansSchema },
    ports,
  );
  api.openapi(route, async (context) => {
    const { budgets } = await readStandings(ports);
    const plans = Object.entries(ports.config.plans).map(([name, plan]) => planJson(name, plan, budgets));
    return context.json({ plans }, 200);
  });
};

const showPlan: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/plans/{name}',
      tag: 'Plans',
      summary: 'One plan and how its users stand, the fullest first',
      request: {
        params: z.object({ name: z.string().min(1).max(256) }),
        query: z.strictObject({
          user: z.string().max(256).optional().openapi({ description: 'Only this user.' }),
          limit: z.coerce.number().int().min(1).max(apiLimits.rowsMax).optional(),
        }),
      },
      answer: planPageSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { name } = context.req.valid('param');
    const { user, limit } = context.req.valid('query');
    const plan = Object.hasOwn(ports.config.plans, name) ? ports.config.plans[name] : undefined;
    if (plan === undefined) throw new BurnrateError('not_found', { message: `There is no plan "${name}".` });
    const { budgets } = await readStandings(ports);
    const standings = quotasOf(name, budgets).flatMap(({ record, instances }) =>
      instances.map((each) => ({ quota: record.definition.name, standing: standingJson(record, each) })),
    );
    const users = standings
      .filter(({ standing }) => user === undefined || standing.of.user === user)
      .sort((a, b) => b.standing.usedShare - a.standing.usedShare)
      .slice(0, limit ?? apiLimits.rowsDefault);
    return context.json({ plan: planJson(name, plan, budgets), users }, 200);
  });
};

function quotasOf(plan: string, budgets: readonly BudgetStanding[]): BudgetStanding[] {
  return budgets.filter(({ record }) => record.definition.name.startsWith(`${planBudgetPrefix}${plan}:`));
}

function planJson(name: string, plan: Plan, budgets: readonly BudgetStanding[]): z.infer<typeof planSchema> {
  return {
    name,
    priceUsd: plan.priceUsd === undefined ? null : toDecimal(plan.priceUsd),
    maxOutputTokens: plan.maxOutputTokens ?? null,
    models: plan.models ?? [],
    quotas: quotasOf(name, budgets).map(budgetJson),
  };
}
