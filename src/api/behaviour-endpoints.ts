import { z } from '@hono/zod-openapi';
import { type Behaviour, readBehaviour } from '../economics/index.ts';
import { toDecimal } from '../money/index.ts';
import { readWhere } from './cost-query.ts';
import { holdsSimulated, whereOfRuns } from './costs-endpoints.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { rangeJson, rangeQuery, readRange } from './range.ts';
import { countSchema, maybeMoneySchema, moneySchema, rangeSchema } from './schemas.ts';

const barsSchema = z.array(
  z.object({
    value: countSchema,
    orMore: z.boolean().openapi({ description: 'True of the last bar when it holds all beyond.' }),
    count: countSchema,
  }),
);
const pointsSchema = z.array(z.object({ users: z.number(), cost: z.number() }));

export const behaviourSchema = z
  .object({
    range: rangeSchema,
    simulated: z.boolean(),
    depth: barsSchema.openapi({
      description: 'Sessions by how many interactions they had.',
    }),
    depthShare: z.number().openapi({ description: 'Share of sessions looked at; below 1 it is a sample.' }),
    chainsShare: z.number().openapi({ description: 'The same of interactions.' }),
    chains: barsSchema.openapi({ description: 'Interactions by how many runs they took: drafts and regenerations.' }),
    repeats: z.object({
      overlapping: countSchema.openapi({ description: 'Equal requests sent while the first still ran.' }),
      soonAfter: countSchema.openapi({ description: 'Equal requests within 30 s after the first had ended.' }),
      costUsd: moneySchema,
      callsLookedAt: countSchema,
    }),
    concentration: z.object({ users: countSchema, gini: z.number(), top: pointsSchema, lorenz: pointsSchema }),
    cohorts: z.array(
      z.object({
        week: z.string(),
        users: countSchema,
        weeks: z.array(z.object({ week: z.string(), users: countSchema, costUsd: moneySchema })),
      }),
    ),
    newUserWeekUsd: maybeMoneySchema,
    steadyUserWeekUsd: maybeMoneySchema,
  })
  .openapi('Behaviour');

export const behaviourEndpoints: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/behaviour',
      tag: 'Economics',
      summary: 'How users behave: depth, regenerations, impatience, concentration, new users beside old ones',
      description:
        'Of very many sessions and interactions a sample is looked at, of users the 10,000 dearest, of calls the first 10,000. Weeks of cohorts are of UTC.',
      request: {
        query: z.strictObject({ workflow: z.string().max(256).optional(), where: whereOfRuns, ...rangeQuery }),
      },
      answer: behaviourSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { workflow, ...asked } = context.req.valid('query');
    const range = readRange(asked, ports.clock.nowMs());
    const where = {
      ...readWhere({ where: context.req.queries('where') ?? [] }),
      ...(workflow === undefined ? {} : { workflow: [workflow] }),
    };
    const [behaviour, simulated] = await Promise.all([
      readBehaviour(ports.ledger, { range, where, timeZone: ports.config.timeZone }),
      holdsSimulated(ports.ledger, { range, where }),
    ]);
    return context.json({ ...behaviourJson(behaviour), simulated }, 200);
  });
};

function behaviourJson(found: Behaviour): Omit<z.infer<typeof behaviourSchema>, 'simulated'> {
  const { cost, ...counts } = found.repeats;
  const { users, gini, top, lorenz } = found.concentration;
  return {
    range: rangeJson(found.range),
    depth: [...found.depth],
    depthShare: found.depthShare,
    chainsShare: found.chainsShare,
    chains: [...found.chains],
    repeats: { ...counts, costUsd: toDecimal(cost) },
    concentration: { users, gini, top: [...top], lorenz: [...lorenz] },
    cohorts: found.cohorts.map((cohort) => ({
      ...cohort,
      weeks: cohort.weeks.map((week) => ({ week: week.week, users: week.users, costUsd: toDecimal(week.cost) })),
    })),
    newUserWeekUsd: found.newUserWeek === null ? null : toDecimal(found.newUserWeek),
    steadyUserWeekUsd: found.steadyUserWeek === null ? null : toDecimal(found.steadyUserWeek),
  };
}
