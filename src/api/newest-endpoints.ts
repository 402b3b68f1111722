import { z } from '@hono/zod-openapi';
import type { RunOnPage } from '../ledger/index.ts';
import { toDecimal } from '../money/index.ts';
import { type Attempt, outcomeKinds } from '../tree/index.ts';
import { attributionJson, callJson } from './attempt-json.ts';
import { behaviourQuery, readBehaviourFilter } from './behaviour-filter.ts';
import { readWhere } from './cost-query.ts';
import { whereQuery } from './costs-endpoints.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { formatCursor, readCursor } from './page-cursor.ts';
import { type ApiPorts, apiLimits } from './ports.ts';
import { rangeJson, rangeQuery, readRange, timeJson } from './range.ts';
import { type callInListSchema, newestCallsSchema, newestRunsSchema, type runInListSchema } from './schemas-newest.ts';

const pageQuery = {
  where: whereQuery,
  behaviour: behaviourQuery,
  limit: z.coerce.number().int().min(1).max(apiLimits.callsMax).optional().openapi({ description: '50 when absent.' }),
  before: z.string().max(1_024).optional().openapi({ description: '`next` of the page before this one.' }),
  ...rangeQuery,
};

/** Lists of single things, newest first: what stands behind a number. */
export const newestEndpoints: Endpoints = (api, ports) => {
  listCalls(api, ports);
  listRuns(api, ports);
};

const pageParameters = new Set(['from', 'to', 'where', 'limit', 'before', 'outcome', 'behaviour']);

interface PageParameters {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit?: number | undefined;
  readonly before?: string | undefined;
  readonly behaviour?: string | undefined;
}

function readPage(query: PageParameters, all: Readonly<Record<string, readonly string[]>>, ports: ApiPorts) {
  const before = readCursor(query.before);
  const limit = query.limit ?? apiLimits.callsDefault;
  const range = readRange(query, ports.clock.nowMs());
  return {
    question: {
      range,
      ...readBehaviourFilter(query.behaviour, { range }),
      where: readWhere(all, pageParameters),
      timeZone: ports.instance.timeZone,
    },
    page: { limit, ...(before === undefined ? {} : { before }) },
  };
}

const listCalls: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/calls',
      tag: 'Calls and runs',
      summary: 'Calls with an attempt that matches, newest first',
      description:
        'Filters are those of GET /api/costs; one of a line (`line`, `bucket`) means attempts with such a line.',
      request: { query: z.object(pageQuery).loose() },
      answer: newestCallsSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { question, page } = readPage(context.req.valid('query'), context.req.queries(), ports);
    const found = await ports.ledger.newestCalls(question, page);
    const last = found.length === page.limit ? found.at(-1) : undefined;
    const calls = found.flatMap(({ attempts: [first, ...rest] }) => (first ? [callInList([first, ...rest])] : []));
    const next = last === undefined ? null : formatCursor({ atMs: last.atMs, id: last.callId });
    return context.json({ range: rangeJson(question.range), calls, next }, 200);
  });
};

/** A call without what only its own page shows: lines, hashes, attribution of each attempt. */
function callInList(attempts: readonly [Attempt, ...Attempt[]]): z.infer<typeof callInListSchema> {
  const { attempts: all, ...call } = callJson(attempts);
  return {
    ...call,
    attempts: all.map((attempt) => ({
      id: attempt.id,
      number: attempt.number,
      reason: attempt.reason,
      layer: attempt.layer,
      provider: attempt.provider,
      model: attempt.model,
      modelRequested: attempt.modelRequested,
      status: attempt.status,
      failure: attempt.failure,
      startedAt: attempt.startedAt,
      firstTokenMs: attempt.firstTokenMs,
      durationMs: attempt.durationMs,
      streamed: attempt.streamed,
      inputTokens: attempt.inputTokens,
      outputTokens: attempt.outputTokens,
      partTokens: attempt.partTokens,
      usageSource: attempt.usageSource,
      costUsd: attempt.costUsd,
      priceState: attempt.priceState,
      simulated: attempt.simulated,
    })),
  };
}

const listRuns: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/runs',
      tag: 'Calls and runs',
      summary: 'Runs whose first attempt matches, newest first, with how they ended',
      request: {
        query: z
          .object({
            ...pageQuery,
            outcome: z
              .enum([...outcomeKinds, 'open'])
              .optional()
              .openapi({ description: 'Only runs that ended so; `open`: nobody said how.' }),
          })
          .loose(),
      },
      answer: newestRunsSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const query = context.req.valid('query');
    const { question, page } = readPage(query, context.req.queries(), ports);
    const wanted = query.outcome === undefined ? {} : { outcome: query.outcome };
    const found = await ports.ledger.newestRuns({ ...question, ...wanted }, page);
    const last = found.length === page.limit ? found.at(-1) : undefined;
    const next = last === undefined ? null : formatCursor({ atMs: last.startedAtMs, id: last.run });
    return context.json({ range: rangeJson(question.range), runs: found.map(runInList), next }, 200);
  });
};

function runInList(run: RunOnPage): z.infer<typeof runInListSchema> {
  const { labels, run: id, startedAtMs, cost, value, ...plain } = run;
  const { run: _, ...told } = labels;
  return {
    ...attributionJson(told),
    ...plain,
    id,
    startedAt: timeJson(startedAtMs),
    costUsd: run.unknownPriceAttempts > 0 ? null : toDecimal(cost),
    knownCostUsd: toDecimal(cost),
    valueUsd: value === null ? null : toDecimal(value),
  };
}
