import { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import { type ForecastSummary, readTrackRecord } from '../economics/index.ts';
import type { KeptForecast, ModelProblem } from '../forecast/index.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { type ApiPorts, apiLimits } from './ports.ts';
import { timeJson } from './range.ts';
import { FieldsRefused } from './refusals.ts';
import {
  forecastModelSchema,
  forecastSchema,
  forecastsSchema,
  newForecastSchema,
  trackRecordSchema,
} from './schemas-forecasts.ts';

const tag = 'Forecasts';

/** Kept forecasts, how good they were, and what a page needs to forecast by itself. */
export const forecastsEndpoints: Endpoints = (api, ports) => {
  listForecasts(api, ports);
  makeForecast(api, ports);
  showTrackRecord(api, ports);
  showModel(api, ports);
  showForecast(api, ports);
};

const listForecasts: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      ...{ method: 'get', path: '/api/forecasts', tag, answer: forecastsSchema },
      summary: 'Versions of the forecast, newest first, with why each was made',
      description: 'A version is never changed: a changed file, price, model or release is followed by a new one.',
      request: {
        query: z.strictObject({
          limit: z.coerce.number().int().min(1).max(apiLimits.forecastsMax).optional(),
          before: z.string().max(256).optional().openapi({ description: 'Only versions older than this one.' }),
        }),
      },
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { limit = apiLimits.forecastsDefault, before } = context.req.valid('query');
    const page = before === undefined ? { limit } : { limit, beforeId: before };
    const forecasts = (await ports.forecasts.archive.list(page)).map(summaryJson);
    const next = forecasts.length < limit ? null : (forecasts.at(-1)?.id ?? null);
    return context.json({ forecasts, next }, 200);
  });
};

const makeForecast: Endpoints = (api, ports) => {
  const route = endpoint(
    'finance',
    {
      ...{ method: 'post', path: '/api/forecasts', tag, answer: forecastSchema },
      summary: 'Makes a forecast of burnrate.yaml as it is and keeps it; repeating an id gives what it made',
      request: { body: { required: true, content: { 'application/json': { schema: newForecastSchema } } } },
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const asked = context.req.valid('json');
    assertNamed(asked, ports);
    const occasion = { madeBy: context.get('principal').actor, automatic: false, reasons: ['asked'] as const };
    const made = await ports.forecasts.make(withoutUndefined(asked), occasion);
    if (!made.ok) throw impossible(made.problems);
    return context.json(forecastJson(made.forecast), 200);
  });
};

type Asked = z.infer<typeof newForecastSchema>;
type Given = { [name in keyof Asked]?: NonNullable<Asked[name]> };

function withoutUndefined(asked: Asked): Given {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as Given;
}

/** @throws FieldsRefused for a scenario or stress the file does not have */
function assertNamed({ scenario, stress }: Asked, { config }: ApiPorts): void {
  const scenarios = Object.keys(config.scenarios);
  const known = { scenario: scenarios.length > 0 ? scenarios : ['expected'], stress: Object.keys(config.stresses) };
  for (const [field, name] of Object.entries({ scenario, stress })) {
    const names = known[field as keyof typeof known];
    if (name === undefined || names.includes(name)) continue;
    const has = names.length > 0 ? `has ${names.join(', ')}` : 'has none';
    throw new FieldsRefused([{ field, message: `"${name}" is not in burnrate.yaml, which ${has}` }]);
  }
}

const problemsShown = 5;

/** @returns what stands in the way, with the path of the file each problem is at */
function impossible(problems: readonly ModelProblem[]): BurnrateError {
  const shown = problems.slice(0, problemsShown).map(({ path, message }) => `${path.join('.')} ${message}`);
  const more = problems.length > problemsShown ? [`and ${problems.length - problemsShown} more`] : [];
  return new BurnrateError('forecast_impossible', { message: [...shown, ...more].join('; ') });
}

const showTrackRecord: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      ...{ method: 'get', path: '/api/forecasts/track-record', tag, answer: trackRecordSchema },
      summary: 'How good past forecasts were: complete months beside what they really cost',
      description:
        'Months of the last year that were forecast before they began, by the last version made in each month before. ' +
        'Facts are the full cost; what users who leave and wrong answers cost is on no bill and in neither figure.',
      request: { query: z.strictObject({ scenario: z.string().max(256).optional() }) },
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { scenario } = context.req.valid('query');
    const { ledger, config, clock, forecasts } = ports;
    const track = await readTrackRecord({ ledger, config, nowMs: clock.nowMs() }, forecasts.archive, scenario);
    return context.json(
      {
        scenario: track.scenario,
        record: track.record,
        byMonthsAhead: [...track.byMonthsAhead],
        months: track.months.map((month) => ({ ...month, lines: [...month.lines] })),
      },
      200,
    );
  });
};

const showModel: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      ...{ method: 'get', path: '/api/forecasts/model', tag, answer: forecastModelSchema },
      summary: 'The compiled file, for a page that forecasts by itself while somebody moves sliders',
      request: { query: z.strictObject({ months: z.coerce.number().int().min(1).max(60).optional() }) },
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const answer = await ports.forecasts.page(context.req.valid('query').months);
    if (!answer.ok) throw impossible(answer.problems);
    // What is made elsewhere is read-only here and mutable in the schema's type; it goes straight out.
    return context.json(answer.page as unknown as z.infer<typeof forecastModelSchema>, 200);
  });
};

const showForecast: Endpoints = (api, ports) => {
  const route = endpoint(
    'viewer',
    {
      ...{ method: 'get', path: '/api/forecasts/{id}', tag, answer: forecastSchema },
      summary: 'One version of the forecast, whole; `latest` is the one in force',
      request: { params: z.object({ id: z.string().min(1).max(256) }) },
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const { id } = context.req.valid('param');
    const { archive } = ports.forecasts;
    const found = id === 'latest' ? await archive.latest() : await archive.get(id);
    if (!found) throw new BurnrateError('not_found', { message: `There is no forecast "${id}".` });
    return context.json(forecastJson(found), 200);
  });
};

function summaryJson({ madeAtMs, reasons, inputs, summary, ...heading }: ForecastSummary) {
  const { plain, scenarios, ...facts } = summary;
  const made = { madeAt: timeJson(madeAtMs), reasons: [...reasons], inputs: { ...inputs } };
  return { ...heading, ...made, ...facts, plainScenario: plain, scenarios: { ...scenarios } };
}

function forecastJson({ madeAtMs, reasons, inputs, report, ...heading }: KeptForecast): z.infer<typeof forecastSchema> {
  const made = { madeAt: timeJson(madeAtMs), reasons: [...reasons], inputs: { ...inputs } };
  // What is kept is read-only here and mutable in the schema's type; it goes straight out.
  return { ...heading, ...made, report: report as unknown as z.infer<typeof forecastSchema>['report'] };
}
