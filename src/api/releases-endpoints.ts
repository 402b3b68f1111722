import { z } from '@hono/zod-openapi';
import { type ReleaseFigures, readReleases } from '../economics/index.ts';
import { toDecimal, type Usd } from '../money/index.ts';
import { readWhere } from './cost-query.ts';
import { holdsSimulated, whereOfRuns } from './costs-endpoints.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { rangeJson, rangeQuery, readRange, timeJson } from './range.ts';
import { releasesSchema } from './schemas-releases.ts';

export const releasesEndpoints: Endpoints = (api, ports) => {
  const query = z.strictObject({
    by: z.enum(['release', 'promptVersion']).optional().openapi({ description: 'release when absent.' }),
    workflow: z.string().max(256).optional(),
    where: whereOfRuns,
    ...rangeQuery,
  });
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/releases',
      tag: 'Economics',
      summary: 'What each release did to the cost of an outcome, and how prompts grew',
      description:
        'Releases in the order they were first seen in a workflow, each compared with the one before: better, worse, no ' +
        'change (within 5 %), or too early to tell (fewer than 30 ended runs, or an interval that holds both).',
      request: { query },
      answer: releasesSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { by = 'release', workflow, ...asked } = context.req.valid('query');
    const range = readRange(asked, ports.clock.nowMs());
    const where = {
      ...readWhere({ where: context.req.queries('where') ?? [] }),
      ...(workflow === undefined ? {} : { workflow: [workflow] }),
    };
    const [found, simulated] = await Promise.all([
      readReleases(ports.ledger, { range, by, where, timeZone: ports.config.timeZone }),
      holdsSimulated(ports.ledger, { range, where }),
    ]);
    const { runs, runsLookedAt, growth } = found;
    const releases = found.releases.map(releaseJson);
    const grown = growth.map((row) => ({ ...row }));
    return context.json({ range: rangeJson(range), by, runs, runsLookedAt, simulated, releases, growth: grown }, 200);
  });
};

const maybe = (amount: Usd | null) => (amount === null ? null : toDecimal(amount));

function releaseJson({ firstSeenMs, lastSeenMs, costPerRun, costPerSuccess, ...rest }: ReleaseFigures) {
  const times = { firstSeen: timeJson(firstSeenMs), lastSeen: timeJson(lastSeenMs) };
  return { ...rest, ...times, costPerRunUsd: maybe(costPerRun), costPerSuccessUsd: maybe(costPerSuccess) };
}
