import { z } from '@hono/zod-openapi';
import { type ReservationFigures, readReservations } from '../economics/index.ts';
import { toDecimal, type Usd } from '../money/index.ts';
import { holdsSimulated } from './costs-endpoints.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { rangeJson, rangeQuery, readRange } from './range.ts';
import { reservationsSchema } from './schemas-reservations.ts';

export const reservationsEndpoints: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/reservations',
      tag: 'Economics',
      summary: 'Whether throughput that is held pays, by how the load came hour by hour',
      description: 'Reservations of `providers.*.reserved` that say how many tokens they cover.',
      request: { query: z.strictObject(rangeQuery) },
      answer: reservationsSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const range = readRange(context.req.valid('query'), ports.clock.nowMs());
    const [found, simulated] = await Promise.all([
      readReservations(ports.ledger, range, ports.config),
      holdsSimulated(ports.ledger, { range, where: {} }),
    ]);
    return context.json({ range: rangeJson(range), simulated, reservations: found.map(reservationJson) }, 200);
  });
};

const maybe = (amount: Usd | null) => (amount === null ? null : toDecimal(amount));

function reservationJson({ cost, worth, saving, ...figures }: ReservationFigures) {
  return { ...figures, costUsd: toDecimal(cost), worthUsd: maybe(worth), savingUsd: maybe(saving) };
}
