import { z } from '@hono/zod-openapi';
import { readCostStack, readUnitEconomics } from '../economics/index.ts';
import type { CostQuery, Dimension } from '../ledger/index.ts';
import { readWhere } from './cost-query.ts';
import { holdsSimulated, listOrOne } from './costs-endpoints.ts';
import { readDimension } from './dimensions.ts';
import { stackJson } from './economics-json.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { type ApiPorts, apiLimits } from './ports.ts';
import { rangeQuery, readRange } from './range.ts';
import { FieldsRefused } from './refusals.ts';
import { stackSchema } from './schemas-economics.ts';
import { unitEconomicsSchema } from './schemas-units.ts';
import { unitEconomicsJson } from './units-json.ts';

/** The ledger tells workflow, stage, operation and line apart beside what is asked for. */
const dimensionsMax = 4;
const ofLines = new Set(['line', 'bucket']);

export const stackWhere = listOrOne.openapi({
  description:
    'What is looked at of the full cost: `<dimension>:<value>`; repeat it for more. Overheads are shared out among everybody ' +
    'first, so that filtered answers sum to the whole.',
  example: 'team:support',
});

export const stackQuery = {
  by: z
    .string()
    .max(512)
    .optional()
    .openapi({ description: 'Up to four dimensions to allocate to, like `team,feature`; workflow when absent.' }),
  limit: z.coerce.number().int().min(1).max(apiLimits.rowsMax).optional().openapi({ description: 'Groups shown.' }),
  where: stackWhere,
  ...rangeQuery,
};

/** @throws FieldsRefused for what is no dimension of calls, and for too many */
export function readAllocation(by: string | undefined, fallback: readonly Dimension[], field = 'by'): Dimension[] {
  const names = (by ?? '').split(',').filter((name) => name !== '');
  if (names.length > dimensionsMax) {
    throw new FieldsRefused([{ field, message: `takes at most ${dimensionsMax} dimensions` }]);
  }
  const ofLine = names.find((name) => ofLines.has(name));
  if (ofLine) throw new FieldsRefused([{ field, message: `"${ofLine}" is what lines are; they are told apart` }]);
  return names.length === 0 ? [...fallback] : [...new Set(names.map((name) => readDimension(name.trim(), field)))];
}

/** @throws FieldsRefused for what is no dimension of the full cost */
export function readStackFilters(values: readonly string[] | undefined): CostQuery['where'] {
  const where = readWhere({ where: values ?? [] });
  if ('bucket' in where) {
    throw new FieldsRefused([{ field: 'where', message: '"bucket" is of tokens alone; the full cost has lines' }]);
  }
  return where;
}

/** Whether any of those who bear what is shown made simulated calls. Lines are what they bear, not who they are. */
export function bearSimulated(ledger: ApiPorts['ledger'], { range, where }: Pick<CostQuery, 'range' | 'where'>) {
  const { line: _, ...bearers } = where;
  return holdsSimulated(ledger, { range, where: bearers });
}

export const economicsEndpoints: Endpoints = (api, ports) => {
  showStack(api, ports);
  showUnits(api, ports);
};

const showStack: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/stack',
      tag: 'Economics',
      summary: 'The full cost: every line, and who bears it',
      description:
        'Tokens, retries, guardrails, services, people, and the overheads of burnrate.yaml, dated and prorated by the ' +
        'calendar. Lines sum to the total, groups sum to it too, to the picodollar.',
      request: { query: z.strictObject(stackQuery) },
      answer: stackSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const query = context.req.valid('query');
    const range = readRange(query, ports.clock.nowMs());
    const by = readAllocation(query.by, ['workflow']);
    const where = readStackFilters(context.req.queries('where'));
    const [stack, simulated] = await Promise.all([
      readCostStack(ports.ledger, { range, by, where, timeZone: ports.config.timeZone }, ports.config),
      bearSimulated(ports.ledger, { range, where }),
    ]);
    return context.json({ ...stackJson(stack, query.limit ?? apiLimits.rowsDefault), simulated }, 200);
  });
};

const showUnits: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/unit-economics',
      tag: 'Economics',
      summary: 'What one of each thing costs in full, what it brings, and how that is computed',
      description:
        'Every figure for everything and for each workflow; `formulas` says how each is computed and from what.',
      request: { query: z.strictObject({ where: stackWhere, ...rangeQuery }) },
      answer: unitEconomicsSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const range = readRange(context.req.valid('query'), ports.clock.nowMs());
    const where = readStackFilters(context.req.queries('where'));
    const [units, simulated] = await Promise.all([
      readUnitEconomics(ports.ledger, { range, where, timeZone: ports.config.timeZone }, ports.config),
      bearSimulated(ports.ledger, { range, where }),
    ]);
    return context.json({ ...unitEconomicsJson(units), simulated }, 200);
  });
};
