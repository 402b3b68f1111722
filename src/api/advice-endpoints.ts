import { readFile } from 'node:fs/promises';
import { z } from '@hono/zod-openapi';
import { editConfig } from '../config/index.ts';
import { type Recommendation, readAdvice } from '../economics/index.ts';
import { toDecimal } from '../money/index.ts';
import { holdsSimulated } from './costs-endpoints.ts';
import { type Endpoints, endpoint } from './endpoint.ts';
import { bookOf } from './prices-endpoints.ts';
import { rangeJson, rangeQuery, readRange } from './range.ts';
import { countSchema, moneySchema, rangeSchema } from './schemas.ts';
import { whatIfSchema } from './schemas-what-if.ts';
import { whatIfJson } from './what-if-endpoints.ts';

export const recommendationSchema = z
  .object({
    id: z.string(),
    lever: z.enum(['cache', 'trim', 'shorten', 'retries', 'switch', 'batch']),
    workflow: z.string(),
    stage: z.string(),
    share: z.number().openapi({ description: 'Saving ÷ what the stage cost.' }),
    risk: z.string(),
    evidence: whatIfSchema,
    change: z.object({
      path: z.array(z.union([z.string(), z.number()])),
      value: z.unknown(),
      file: z.string().nullable().openapi({ description: 'The file meant; null when none was loaded.' }),
      diff: z.string().openapi({ description: 'The lines of the file that change, old with - and new with +.' }),
    }),
  })
  .openapi('Recommendation');

export const adviceSchema = z
  .object({
    range: rangeSchema,
    simulated: z.boolean(),
    stages: countSchema.openapi({ description: 'Stages looked at, the dearest of those burnrate.yaml describes.' }),
    recommendations: z.array(recommendationSchema),
    investments: z.array(
      z.object({
        workflow: z.string(),
        successRate: z.number(),
        worthPerPointUsd: moneySchema.openapi({ description: 'One success more in a hundred ended runs.' }),
        valuePerSuccessUsd: moneySchema,
        costPerRunUsd: moneySchema,
      }),
    ),
  })
  .openapi('Advice');

export const adviceEndpoints: Endpoints = (api, ports) => {
  const prices = bookOf(ports.config);
  const route = endpoint(
    'viewer',
    {
      method: 'get',
      path: '/api/recommendations',
      tag: 'Economics',
      summary: 'Which change saves how much, at what risk, measured on this history, and the change itself',
      description:
        'Levers a stage does not use yet, tried on its own history; shown when the whole 90 % interval of a range as long ' +
        'again saves money. `investments` says where a better success rate would pay.',
      request: { query: z.strictObject(rangeQuery) },
      answer: adviceSchema,
    },
    ports,
  );
  api.openapi(route, async (context) => {
    const range = readRange(context.req.valid('query'), ports.clock.nowMs());
    const [advice, simulated, text] = await Promise.all([
      readAdvice(ports.ledger, range, ports.config, prices),
      holdsSimulated(ports.ledger, { range, where: {} }),
      configText(ports.config.file),
    ]);
    const investments = advice.investments.map(({ worthPerPoint, valuePerSuccess, costPerRun, ...rest }) => ({
      ...rest,
      worthPerPointUsd: toDecimal(worthPerPoint),
      valuePerSuccessUsd: toDecimal(valuePerSuccess),
      costPerRunUsd: toDecimal(costPerRun),
    }));
    const recommendations = advice.recommendations.map((each) => recommendationJson(each, ports.config.file, text));
    return context.json(
      { range: rangeJson(range), simulated, stages: advice.stages, recommendations, investments },
      200,
    );
  });
};

/** The file as it is now; empty when there is none or it cannot be read, and then the diff is empty too. */
async function configText(file: string | null): Promise<string> {
  return file === null ? '' : await readFile(file, 'utf8').catch(() => '');
}

function recommendationJson(found: Recommendation, file: string | null, text: string) {
  const { id, lever, workflow, stage, share, risk, result, edit } = found;
  const value = 'value' in edit ? edit.value : null;
  const diff = text === '' ? '' : changedLines(text, editConfig(text, [edit]));
  const change = { path: [...edit.path], value, file, diff };
  return { ...{ id, lever, workflow, stage, share, risk }, evidence: whatIfJson(result), change };
}

/** The lines between what both texts begin and end with. */
function changedLines(before: string, after: string): string {
  const [old, young] = [before.split('\n'), after.split('\n')];
  let first = 0;
  while (first < Math.min(old.length, young.length) && old[first] === young[first]) first += 1;
  let last = 0;
  const shorter = Math.min(old.length, young.length) - first;
  while (last < shorter && old.at(-1 - last) === young.at(-1 - last)) last += 1;
  const lines = (all: readonly string[], sign: string) =>
    all.slice(first, all.length - last).map((line) => `${sign} ${line}`);
  return [...lines(old, '-'), ...lines(young, '+')].join('\n');
}
