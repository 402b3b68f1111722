import { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import type { CostQuery, WorkflowFacts } from '../ledger/index.ts';
import { readWhere } from './cost-query.ts';
import { holdsSimulated, whereQuery } from './costs-endpoints.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { costNodeJson, figuresJson } from './figures.ts';
import { filteredWorkflow, filteredWorkflows } from './filtered-workflows.ts';
import { comparedTree, predictedTree } from './forecast-tree.ts';
import { type ApiPorts, apiLimits } from './ports.ts';
import { rangeJson, rangeQuery, readRange } from './range.ts';
import { comparedTreeSchema, predictedTreeSchema } from './schemas-forecasts.ts';
import { workflowsSchema, workflowTreeSchema } from './schemas-workflows.ts';

const treeQuery = z
  .object({
    view: z.enum(['actual', 'forecast', 'diff']).optional().openapi({
      description: 'What happened, when absent; what was predicted; or predicted, measured and their difference.',
    }),
    forecast: z.string().max(256).optional().openapi({ description: 'A version by id; the one in force when absent.' }),
    scenario: z.string().max(256).optional().openapi({ description: 'Of the forecast; `expected` when absent.' }),
    stage: z.string().max(256).optional().openapi({ description: 'Adds the newest calls of this stage.' }),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(apiLimits.callsMax)
      .optional()
      .openapi({ description: 'How many calls.' }),
    before: z.string().max(256).optional().openapi({ description: 'Only calls older than this one, for paging.' }),
    where: whereQuery,
    ...rangeQuery,
  })
  .loose();

export const workflowsEndpoints: Endpoints = (api, ports) => {
  listWorkflows(api, ports);
  showTree(api, ports);
};

const listWorkflows: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/workflows',
      tag: 'Workflows',
      summary: 'Workflows that ran, with what they did and what each thing cost',
      request: { query: z.object({ where: whereQuery, ...rangeQuery }).loose() },
      answer: workflowsSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const range = readRange(context.req.valid('query'), ports.clock.nowMs());
    const where = readWhere(context.req.queries());
    const { timeZone } = ports.instance;
    const facts = isEmpty(where)
      ? await ports.ledger.workflows(range)
      : await filteredWorkflows(ports.ledger, { range, where, timeZone });
    const workflows = await Promise.all(facts.map((workflow) => workflowJson(workflow, { range, where }, ports)));
    return context.json({ range: rangeJson(range), workflows }, 200);
  });
};

async function workflowJson(
  facts: WorkflowFacts,
  { range, where }: Pick<CostQuery, 'range' | 'where'>,
  ports: ApiPorts,
) {
  const { name, children } = facts.tree;
  const simulated = await holdsSimulated(ports.ledger, { range, where: { ...where, workflow: [name] } });
  return { name, simulated, figures: figuresJson(facts), stages: children.map((stage) => stage.name) };
}

const showTree: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/workflows/{name}/tree',
      tag: 'Workflows',
      summary: 'The cost tree of a workflow: what happened, what was forecast, or both with their difference',
      description:
        'The forecast is split by stage and line; what workflows share is in neither side of the difference.',
      request: { params: z.object({ name: z.string() }), query: treeQuery },
      answer: z.union([workflowTreeSchema, predictedTreeSchema, comparedTreeSchema]),
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const name = namedWorkflow(context.req.valid('param').name);
    const query = context.req.valid('query');
    const range = readRange(query, ports.clock.nowMs());
    const { view, forecast, scenario } = query;
    if (view === 'forecast') return context.json(await predictedTree(ports, { name, range, forecast, scenario }), 200);
    if (view === 'diff') return context.json(await comparedTree(ports, { name, range, forecast, scenario }), 200);
    const where = readWhere(context.req.queries(), treeParameters);
    const { timeZone } = ports.instance;
    const facts = isEmpty(where)
      ? await ports.ledger.workflow(name, range, detailOf(query))
      : await filteredWorkflow(ports.ledger, name, { range, where, timeZone }, detailOf(query));
    if (facts === null) throw new BurnrateError('not_found', { message: `No workflow "${name}" ran in this range.` });
    const simulated = await holdsSimulated(ports.ledger, { range, where: { ...where, workflow: [name] } });
    const tree = costNodeJson(facts.tree);
    return context.json(
      { name, view: 'actual' as const, range: rangeJson(range), simulated, figures: figuresJson(facts), tree },
      200,
    );
  });
};

/** `stage` opens a stage here; `where=stage:answer` filters. */
const treeParameters = new Set(['view', 'forecast', 'scenario', 'stage', 'limit', 'before', 'where', 'from', 'to']);

function isEmpty(where: CostQuery['where']): boolean {
  return Object.keys(where).length === 0;
}

/** Calls that name no workflow have the empty name, which no path can carry. */
const nameless = '(none)';

function namedWorkflow(name: string): string {
  return name === nameless ? '' : name;
}

function detailOf(query: z.infer<typeof treeQuery>) {
  if (query.stage === undefined) return undefined;
  const page = query.before === undefined ? {} : { beforeCallId: query.before };
  return { stage: query.stage, limit: query.limit ?? apiLimits.callsDefault, ...page };
}
