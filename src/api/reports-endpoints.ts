import { z } from '@hono/zod-openapi';
import { readChargeback, readShowback, readWeeklyReview, weekOf, weekOfDay } from '../economics/index.ts';
import type { CostQuery, TimeRange } from '../ledger/index.ts';
import { bearSimulated, readAllocation, readStackFilters, stackWhere } from './economics-endpoints.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import type { ApiPorts } from './ports.ts';
import { rangeQuery, readRange } from './range.ts';
import { formatOf, reportFormats, sendReport } from './report-formats.ts';
import { reportSchema } from './schemas-reports.ts';

const format = z
  .enum(reportFormats)
  .optional()
  .openapi({ description: 'What the Accept header asks for when absent, else JSON.' });

export const reportsEndpoints: Endpoints = (api, ports) => {
  showWeekly(api, ports);
  showShowback(api, ports);
  showChargeback(api, ports);
};

const dayMs = 86_400_000;

const showWeekly: Endpoints = (api, ports) => {
  const week = z.string().date().optional().openapi({
    description: 'Any day of the week meant, in the time zone of burnrate.yaml; the last whole week when absent.',
  });
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/reports/weekly',
      tag: 'Reports',
      summary: 'The weekly review: this week beside the one before, for finance and operations alike',
      request: { query: z.strictObject({ week, format }) },
      answer: reportSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const query = context.req.valid('query');
    const range = weekAsked(query.week, ports);
    // The week before is shown too.
    const shown = { fromMs: weekOf(range.fromMs - 1, ports.config.timeZone).fromMs, toMs: range.toMs };
    const report = await readWeeklyReview(ports.ledger, range, await scope(shown, ports));
    return (await sendReport(context, report, formatOf(query.format, context.req.header('accept') ?? ''))) as never;
  });
};

function weekAsked(day: string | undefined, { clock, config }: ApiPorts): TimeRange {
  const { timeZone } = config;
  return day === undefined ? weekOf(clock.nowMs() - 7 * dayMs, timeZone) : weekOfDay(day, timeZone);
}

async function scope(range: TimeRange, ports: ApiPorts, where: CostQuery['where'] = {}) {
  return { range, where, config: ports.config, simulated: await bearSimulated(ports.ledger, { range, where }) };
}

const showShowback: Endpoints = (api, ports) => {
  const dimension = z.string().max(256).optional();
  const query = z.strictObject({
    rows: dimension.openapi({ description: 'A dimension; team when absent.' }),
    columns: dimension.openapi({ description: 'Another, or `line`, which is also what is taken when absent.' }),
    format,
    where: stackWhere,
    ...rangeQuery,
  });
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/reports/showback',
      tag: 'Reports',
      summary: 'Full cost by any two dimensions, overheads allocated',
      request: { query },
      answer: reportSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const asked = context.req.valid('query');
    const range = readRange(asked, ports.clock.nowMs());
    const [rows = 'team'] = readAllocation(asked.rows, ['team'], 'rows');
    const where = readStackFilters(context.req.queries('where'));
    const [columns = 'line'] = asked.columns === 'line' ? [] : readAllocation(asked.columns, [], 'columns');
    const report = await readShowback(ports.ledger, { rows, columns }, await scope(range, ports, where));
    return (await sendReport(context, report, formatOf(asked.format, context.req.header('accept') ?? ''))) as never;
  });
};

const showChargeback: Endpoints = (api, ports) => {
  const by = z
    .string()
    .max(512)
    .optional()
    .openapi({ description: 'Up to four dimensions that are charged, like `team,customer`; team when absent.' });
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/reports/chargeback',
      tag: 'Reports',
      summary: 'What is booked to whom, line by line; sums to the full cost exactly',
      request: { query: z.strictObject({ by, format, where: stackWhere, ...rangeQuery }) },
      answer: reportSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const asked = context.req.valid('query');
    const range = readRange(asked, ports.clock.nowMs());
    const where = readStackFilters(context.req.queries('where'));
    const by = readAllocation(asked.by, ['team']);
    const report = await readChargeback(ports.ledger, by, await scope(range, ports, where));
    return (await sendReport(context, report, formatOf(asked.format, context.req.header('accept') ?? ''))) as never;
  });
};
