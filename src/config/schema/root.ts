import { z } from 'zod';
import { listenAddress, timeZone } from '../fields.ts';
import { alertsSchema } from './alerts.ts';
import { budgetSchema, limitSchema, planSchema } from './control.ts';
import { overheadsSchema, personSchema, serviceSchema } from './costs.ts';
import { alternativeSchema, forecastSchema, pilotSchema, scenarioSchema, stressSchema } from './forecast.ts';
import { priceSchema } from './prices.ts';
import { providerSchema } from './providers.ts';
import { accessSchema, enginesSchema, retentionSchema, serverSchema, workersSchema } from './server.ts';
import { doc, fromEnvironment, named, section, text } from './shapes.ts';
import { workflowSchema } from './workflow.ts';

/** Everything `burnrate.yaml` may say, section by section. */
export const rootSchema = section({
  version: doc(z.literal(1), 'Version of this format.', 1),
  listen: doc(
    listenAddress.prefault('127.0.0.1:4700'),
    'Address and port; beyond loopback an admin token is needed.',
    '127.0.0.1:4700',
  ),
  data: doc(
    text.prefault('./burnrate-data'),
    'Folder of the embedded engines, relative to the file.',
    './burnrate-data',
  ),
  timeZone: doc(timeZone.prefault('UTC'), 'IANA time zone that calendar periods follow.', 'Europe/Berlin'),
  workers: doc(workersSchema.prefault(1), 'Gateway processes.', 2),
  environment: doc(text.exactOptional(), 'Environment of calls when neither header nor key says so.', 'production'),
  release: doc(text.exactOptional(), 'Release of calls when no header says so.', fromEnvironment('RELEASE:-unknown')),
  access: doc(
    accessSchema.exactOptional(),
    '`open` accepts any key; `keys` only known ones. Open on loopback, keys elsewhere.',
    'keys',
  ),
  server: doc(serverSchema.prefault({}), 'Limits of the server.'),
  engines: doc(enginesSchema.exactOptional(), 'Engines of a fleet; the embedded ones when absent.'),
  retention: doc(retentionSchema.prefault({}), 'How long what is kept.'),
  providers: doc(named(providerSchema).prefault({}), 'Providers by name.', {
    openai: { kind: 'openai', apiKey: fromEnvironment('OPENAI_API_KEY') },
  }),
  prices: doc(z.array(priceSchema).prefault([]), 'Contract prices, before the built-in price list.', [
    { provider: 'openai', model: 'my-contract-model', inputPerMillion: 1.25, outputPerMillion: 10 },
  ]),
  workflows: doc(named(workflowSchema).prefault({}), 'Workflows by name.'),
  services: doc(named(serviceSchema).prefault({}), 'What stages use beside models.', {
    'vector-search': { perCallUsd: 0.0002, monthlyUsd: 180 },
  }),
  people: doc(named(personSchema).prefault({}), 'Roles and what an hour costs.', { engineer: { hourlyUsd: 95 } }),
  overheads: doc(overheadsSchema.prefault({}), 'What is paid beside calls.'),
  budgets: doc(z.array(budgetSchema).prefault([]), 'Limits on spending.', [
    { name: 'company', scope: {}, limitUsd: 9000, period: 'month', hard: true },
  ]),
  limits: doc(z.array(limitSchema).prefault([]), 'Limits on requests and tokens.', [{ per: 'user', requests: '20/m' }]),
  plans: doc(named(planSchema).prefault({}), 'What users pay and may use.', { free: { interactionsPerDay: 10 } }),
  forecast: doc(forecastSchema.prefault({}), 'How forecasts are run.'),
  scenarios: doc(named(scenarioSchema).prefault({}), 'Futures that are forecast.', {
    expected: { growthPerMonth: 0.08 },
  }),
  stresses: doc(named(stressSchema).prefault({}), 'What each scenario is tested against.', {
    'price-rise': { prices: 1.3 },
  }),
  alternatives: doc(named(alternativeSchema).prefault({}), 'What `burnrate compare` compares.', {
    'self-hosted': { replace: { 'openai/gpt-5-mini': 'local/llama-70b' } },
  }),
  pilot: doc(
    pilotSchema.prefault({}),
    'How a pilot on real providers would run: its levels of traffic and its budget.',
  ),
  alerts: doc(alertsSchema.prefault({}), 'What is watched and who is told.'),
});

export type RootSettings = z.output<typeof rootSchema>;
