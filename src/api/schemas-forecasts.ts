import { z } from '@hono/zod-openapi';
import { trialsMax } from '../forecast/index.ts';
import { lineKinds } from '../tree/index.ts';
import { countSchema, moneySchema, rangeSchema, timeSchema } from './schemas.ts';
import { forecastReportSchema, moneyIntervalSchema } from './schemas-forecast-report.ts';

const lineSchema = z.enum(lineKinds);
const nameSchema = z.string().min(1).max(256);

const headingFields = {
  id: z.string(),
  madeAt: timeSchema,
  madeBy: z.string(),
  automatic: z.boolean().openapi({ description: 'True when a change made it, not a person.' }),
  reasons: z
    .array(z.enum(['first', 'asked', 'file', 'prices', 'models', 'release', 'measured', 'engine', 'from']))
    .openapi({
      description:
        'Why it was made: `file` burnrate.yaml changed, `prices` the price list, `models` what a stage is served by, ' +
        '`release` a new release of the product, `measured` which numbers the ledger can give, `engine` a new version of ' +
        'Burnrate, `from` a new month.',
    }),
  inputs: z.record(z.string(), z.string()).openapi({ description: 'Fingerprints of what it was made from.' }),
};

export const forecastSummarySchema = z
  .object({
    ...headingFields,
    from: z.string().openapi({ description: 'First month.', example: '2026-04' }),
    months: countSchema,
    seed: z.number().int(),
    trials: countSchema,
    plainScenario: z.string().openapi({ description: 'The scenario facts are held against.' }),
    scenarios: z.record(
      z.string(),
      z.object({
        totalUsd: moneyIntervalSchema,
        perDayUsd: moneyIntervalSchema,
        costPerOutcomeUsd: moneyIntervalSchema.nullable(),
      }),
    ),
  })
  .openapi('ForecastSummary');

export const forecastsSchema = z
  .object({
    forecasts: z.array(forecastSummarySchema),
    next: z.string().nullable().openapi({ description: '`before` of the next page; null on the last.' }),
  })
  .openapi('Forecasts');

export const forecastSchema = z.object({ ...headingFields, report: forecastReportSchema }).openapi('Forecast');

export const newForecastSchema = z
  .strictObject({
    id: nameSchema.optional().openapi({ description: 'An id of your own, so that repeating makes no second one.' }),
    scenario: nameSchema.optional().openapi({ description: 'Only this scenario; all of the file when absent.' }),
    stress: nameSchema.optional().openapi({ description: 'Only this stress; all of the file when absent.' }),
    months: z.number().int().min(1).max(60).optional().openapi({ description: "The file's own when absent." }),
    trials: z.number().int().min(100).max(trialsMax).optional().openapi({ description: "The file's own when absent." }),
    seed: z.number().int().min(0).max(4_294_967_295).optional().openapi({ description: 'By chance when absent.' }),
  })
  .openapi('NewForecast');

const missFields = {
  forecastUsd: moneySchema,
  lowUsd: moneySchema.openapi({ description: 'p10 of the forecast.' }),
  highUsd: moneySchema.openapi({ description: 'p90 of the forecast.' }),
  factUsd: moneySchema,
  differenceUsd: moneySchema.openapi({ description: 'Fact less forecast.' }),
  share: z.number().nullable().openapi({ description: 'The difference as a share of the forecast.' }),
  inside: z.boolean().openapi({ description: 'Whether the fact lies from p10 to p90.' }),
};

const trackSchema = z
  .object({
    months: countSchema.openapi({ description: 'Complete months that were forecast before they began.' }),
    inside80: z.number().nullable().openapi({ description: 'Share of facts from p10 to p90; 0.8 was promised.' }),
    meanError: z
      .number()
      .nullable()
      .openapi({ description: 'Mean size of the differences, as share of the forecast.' }),
    bias: z.number().nullable().openapi({ description: 'Mean difference; above 0 forecasts are too low.' }),
    drivenBy: z.partialRecord(lineSchema, countSchema).openapi({ description: 'How often each line missed most.' }),
  })
  .openapi('TrackRecord');

export const comparisonSchema = z
  .object({
    month: z.string(),
    total: z.object(missFields),
    lines: z.array(z.object({ line: lineSchema, ...missFields })),
    drivenBy: lineSchema.nullable(),
  })
  .openapi('MonthComparison');

export const trackRecordSchema = z
  .object({
    scenario: z.string().nullable().openapi({ description: 'Null while no forecast is kept.' }),
    record: trackSchema,
    byMonthsAhead: z.array(z.object({ monthsAhead: countSchema, record: trackSchema })),
    months: z.array(
      comparisonSchema.extend({
        forecastId: z.string(),
        monthsAhead: countSchema.openapi({ description: '1: the month after the forecast was made.' }),
      }),
    ),
  })
  .openapi('ForecastTrack');

export const forecastModelSchema = z
  .object({
    from: z.string(),
    months: countSchema,
    trials: countSchema.openapi({ description: "The file's own." }),
    seed: z.number().int().openapi({ description: 'With it the same draws come again.' }),
    scenarios: z.array(z.string()),
    stresses: z.array(z.string()),
    factors: z.array(z.string()).openapi({ description: 'What a slider may multiply.' }),
    numbers: z
      .array(z.object({ id: z.string(), p10: z.number(), p50: z.number(), p90: z.number() }))
      .openapi({ description: 'Numbers of the file that are unsure, by dotted path; each can be pinned.' }),
    measured: z.array(z.object({ path: z.string(), count: countSchema, evidence: z.string() })),
    stages: z
      .array(z.object({ id: z.string(), model: z.string() }))
      .openapi({ description: 'Stages whose model can be switched, `workflow.stage`, and what answers them.' }),
    models: z
      .array(z.string())
      .openapi({ description: 'What they can be switched to: models whose prices are known.' }),
    model: z.record(z.string(), z.unknown()).openapi({
      description:
        'The compiled file for `readModel` and `forecastWithSliders` of src/forecast: the simulation that made every ' +
        'forecast here also runs in a browser. Neither keys nor addresses are in it.',
    }),
  })
  .openapi('ForecastModel');

const nodeFields = { kind: z.enum(['workflow', 'stage', 'call', 'attempt']), name: z.string() };
const lineComparisonSchema = z.object({
  line: lineSchema,
  predictedUsd: moneySchema,
  measuredUsd: moneySchema,
  differenceUsd: moneySchema,
});

/** A node of the tree that holds predicted and measured. */
export interface NodeComparisonJson extends z.infer<z.ZodObject<typeof nodeFields>> {
  predictedUsd: z.infer<typeof moneyIntervalSchema> | null;
  measuredUsd: string;
  differenceUsd: string;
  inside: boolean | null;
  lines: z.infer<typeof lineComparisonSchema>[];
  children: NodeComparisonJson[];
}

const nodeComparisonSchema: z.ZodType<NodeComparisonJson> = z
  .lazy(() =>
    z.object({
      ...nodeFields,
      predictedUsd: moneyIntervalSchema.nullable().openapi({ description: 'Null: nothing was forecast here.' }),
      measuredUsd: moneySchema,
      differenceUsd: moneySchema.openapi({ description: 'Measured less predicted mean.' }),
      inside: z.boolean().nullable().openapi({ description: 'Whether what was measured lies from p10 to p90.' }),
      lines: z.array(lineComparisonSchema),
      children: z.array(nodeComparisonSchema),
    }),
  )
  .openapi('NodeComparison');

const treeFields = {
  name: z.string(),
  range: rangeSchema.openapi({ description: 'What of the range asked for the forecast covers, up to now for `diff`.' }),
  forecast: z.object({ id: z.string(), madeAt: timeSchema, scenario: z.string() }),
};

export const predictedTreeSchema = z
  .object({
    ...treeFields,
    view: z.literal('forecast'),
    tree: z.object({
      ...nodeFields,
      predictedUsd: moneyIntervalSchema,
      lines: z.array(z.object({ line: lineSchema, predictedUsd: moneySchema })),
      children: z.array(
        z.object({
          ...nodeFields,
          predictedUsd: moneyIntervalSchema,
          lines: z.array(z.object({ line: lineSchema, predictedUsd: moneySchema })),
        }),
      ),
    }),
  })
  .openapi('PredictedTree');

export const comparedTreeSchema = z
  .object({
    ...treeFields,
    view: z.literal('diff'),
    simulated: z
      .boolean()
      .openapi({ description: 'True when a row of what was measured was answered by the emulator.' }),
    tree: nodeComparisonSchema,
    notMeasured: z
      .array(z.object({ line: lineSchema, predictedUsd: moneySchema }))
      .openapi({ description: 'Forecast costs that no ledger can know; they are in no figure of the tree.' }),
  })
  .openapi('ComparedTree');
