import { z } from '@hono/zod-openapi';
import { type CostQuery, type CostRow, dimensionNames, type Ledger } from '../ledger/index.ts';
import { toDecimal } from '../money/index.ts';
import { behaviourQuery } from './behaviour-filter.ts';
import { readCostQuery } from './cost-query.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { apiLimits } from './ports.ts';
import { rangeJson, rangeQuery } from './range.ts';
import { type costSumsSchema, costsSchema } from './schemas-costs.ts';

export const listOrOne = z.union([z.string(), z.array(z.string())]).optional();

/** Filters, as every endpoint that takes them does. */
export const whereQuery = listOrOne.openapi({
  description:
    'A filter `<dimension>:<value>`; repeat it for more. Values of one dimension are alternatives, an empty value ' +
    'matches rows without one. `<dimension>=<value>` as a parameter of its own means the same.',
  example: 'team:support',
});

/** The same where no parameter beside `where` is a filter. */
export const whereOfRuns = listOrOne.openapi({
  description: 'A filter `<dimension>:<value>`; repeat it for more. Not of lines or buckets.',
  example: 'team:support',
});

const query = z
  .object({
    by: listOrOne.openapi({
      description: `Dimensions to group by, comma-separated or repeated: ${dimensionNames.join(', ')}, tag.<name>.`,
      example: 'team,stage',
    }),
    where: whereQuery,
    behaviour: behaviourQuery,
    orderBy: z.enum(['cost', 'dimensions']).optional().openapi({ description: 'Dearest first when absent.' }),
    limit: z.coerce.number().int().min(1).max(apiLimits.rowsMax).optional(),
    ...rangeQuery,
  })
  .loose();

export const costsEndpoints: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/costs',
      tag: 'Costs',
      summary: 'Costs and counts, grouped and filtered by any dimension',
      request: { query },
      answer: costsSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { orderBy, limit, from, to, behaviour } = context.req.valid('query');
    const question = readCostQuery({ orderBy, limit, from, to, behaviour }, context.req.queries(), {
      nowMs: ports.clock.nowMs(),
      timeZone: ports.instance.timeZone,
    });
    const [answer, simulated] = await Promise.all([
      ports.ledger.costs(question),
      holdsSimulated(ports.ledger, question),
    ]);
    return context.json(
      {
        range: rangeJson(question.range),
        by: [...question.by],
        rows: answer.rows.map((row) => ({ ...row.dimensions, ...sumsJson(row) })),
        totalUsd: toDecimal(answer.total.cost),
        total: sumsJson(answer.total),
        rowsLeftOut: answer.rowsLeftOut,
        simulated,
      },
      200,
    );
  });
};

/** Whether a row that matches was answered by the emulator. */
export async function holdsSimulated(
  ledger: Pick<Ledger, 'costs'>,
  { where, ...of }: Pick<CostQuery, 'range' | 'where' | 'behaved'>,
) {
  const asked = where.simulated;
  if (asked !== undefined && !asked.includes('true')) return false;
  const { total } = await ledger.costs({ ...of, by: [], where: { ...where, simulated: ['true'] } });
  return total.attempts > 0;
}

function sumsJson(row: CostRow): z.infer<typeof costSumsSchema> {
  return {
    costUsd: toDecimal(row.cost),
    runs: row.runs,
    interactions: row.interactions,
    calls: row.calls,
    attempts: row.attempts,
    inputTokens: row.inputTokens,
    cacheReadTokens: row.cacheReadTokens,
    outputTokens: row.outputTokens,
    unknownPriceAttempts: row.unknownPriceAttempts,
    estimatedAttempts: row.estimatedAttempts,
  };
}
