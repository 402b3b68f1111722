import { z } from '@hono/zod-openapi';
import type { PerformanceRow } from '../ledger/index.ts';
import { fromPicos, rateFromUsdPerUnit, toDecimal } from '../money/index.ts';
import { readBy, readWhere } from './cost-query.ts';
import { listOrOne, whereQuery } from './costs-endpoints.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import type { ApiPorts } from './ports.ts';
import { rangeJson, rangeQuery, readRange, timeJson } from './range.ts';
import { type performanceRowSchema, performanceSchema, retriesSchema, storageSchema } from './schemas-operations.ts';

/** How well things run: latency, failures, retries, and how large the record becomes. */
export const operationsEndpoints: Endpoints = (api, ports) => {
  showPerformance(api, ports);
  showRetries(api, ports);
  showStorage(api, ports);
};

const showPerformance: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/performance',
      tag: 'Operations',
      summary: 'Latency, failures, streams and silent meters, by any dimension of attempts',
      description:
        'Quantiles are of counts by logarithmic bin, within 1 % of the exact ones; like the counts they outlive single attempts.',
      request: { query: z.object({ by: listOrOne, where: whereQuery, ...rangeQuery }).loose() },
      answer: performanceSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const all = context.req.queries();
    const { timeZone } = ports.instance;
    const question = {
      range: readRange(context.req.valid('query'), ports.clock.nowMs()),
      where: readWhere(all),
      timeZone,
    };
    const by = readBy(all.by ?? []);
    const [rows, [total]] = await Promise.all([
      by.length === 0 ? [] : ports.ledger.performance({ ...question, by }),
      ports.ledger.performance({ ...question, by: [] }),
    ]);
    return context.json(
      {
        range: rangeJson(question.range),
        by: [...by],
        rows: rows.map((row) => ({ ...row.dimensions, ...performanceJson(row) })),
        total: performanceJson(total ?? nothing),
      },
      200,
    );
  });
};

const nothing: PerformanceRow = {
  ...{ dimensions: {}, calls: 0, attempts: 0, failedAttempts: 0, rateLimitedAttempts: 0, furtherAttempts: 0 },
  ...{ streamedAttempts: 0, estimatedAttempts: 0, silentAttempts: 0, unknownPriceAttempts: 0, inputTokens: 0 },
  ...{ outputTokens: 0, requestBytes: 0, responseBytes: 0, cost: { picos: 0n }, durationMs: null, firstTokenMs: null },
};

function performanceJson(row: PerformanceRow): z.infer<typeof performanceRowSchema> {
  const { dimensions: _, cost, ...plain } = row;
  return { ...plain, costUsd: toDecimal(cost) };
}

const showRetries: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/retries',
      tag: 'Operations',
      summary: 'Further attempts by reason, by who sent them, and by the failure before',
      request: { query: z.object({ where: whereQuery, ...rangeQuery }).loose() },
      answer: retriesSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const range = readRange(context.req.valid('query'), ports.clock.nowMs());
    const found = await ports.ledger.retries({ range, where: readWhere(context.req.queries()) });
    const rows = found.map(({ cost, ...plain }) => ({ ...plain, costUsd: toDecimal(cost) }));
    return context.json({ range: rangeJson(range), rows }, 200);
  });
};

const bytesPerGb = 1_000_000_000n;

function monthlyUsd(bytes: number, { overheads }: ApiPorts['config']): string | null {
  const { observability } = overheads;
  if (!observability) return null;
  const picos = BigInt(bytes) * rateFromUsdPerUnit(observability.perGbMonthUsd);
  return toDecimal(fromPicos((picos + bytesPerGb / 2n) / bytesPerGb));
}

const showStorage: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/storage',
      tag: 'Operations',
      summary: 'How large the ledger is: rows, bytes, and how far back single attempts go',
      answer: storageSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { oldestAttemptMs, newestAttemptMs, ...size } = await ports.ledger.size();
    return context.json(
      {
        ...size,
        monthlyUsd: monthlyUsd(size.bytes, ports.config),
        oldestAttemptAt: oldestAttemptMs === null ? null : timeJson(oldestAttemptMs),
        newestAttemptAt: newestAttemptMs === null ? null : timeJson(newestAttemptMs),
        keepAttemptsMs: ports.config.retention.attempts.ms,
      },
      200,
    );
  });
};
