import { z } from '@hono/zod-openapi';
import { countSchema, lineTotalSchema, maybeMoneySchema, moneySchema, rangeSchema } from './schemas.ts';

const countsSchema = z
  .object({
    runs: countSchema,
    interactions: countSchema,
    calls: countSchema,
    attempts: countSchema,
    unknownPriceAttempts: countSchema,
    estimatedAttempts: countSchema,
  })
  .openapi('Counts');

const nodeFields = {
  kind: z.enum(['workflow', 'stage', 'call', 'attempt']),
  name: z.string().openapi({ description: 'Workflow or stage name, call or attempt id; unique among siblings.' }),
  totalUsd: moneySchema.openapi({ description: 'This node and everything below it.' }),
  ownLines: z.array(lineTotalSchema).openapi({ description: 'Lines of this node alone.' }),
  lines: z.array(lineTotalSchema).openapi({ description: 'Lines of the whole subtree; they sum to totalUsd.' }),
  counts: countsSchema,
};

/** A node of the cost tree as the API gives it. */
export type CostNodeJson = z.infer<z.ZodObject<typeof nodeFields>> & { children: CostNodeJson[] };

const costNodeSchema: z.ZodType<CostNodeJson> = z
  .lazy(() => z.object({ ...nodeFields, children: z.array(costNodeSchema) }))
  .openapi('CostNode');

/** What a workflow did over a range, and what each thing it did cost. */
export const figuresSchema = z
  .object({
    costUsd: moneySchema,
    runs: countSchema,
    interactions: countSchema,
    calls: countSchema,
    attempts: countSchema,
    outcomes: z.object({
      success: countSchema,
      escalated: countSchema,
      abandoned: countSchema,
      failed: countSchema,
    }),
    runsOpen: countSchema.openapi({ description: 'Runs without an outcome yet.' }),
    valueUsd: moneySchema,
    humanMinutes: z.number().openapi({
      description: 'Told by outcomes, beyond what reviews of their runs took; all of them are in /api/unit-economics.',
    }),
    costPerCallUsd: maybeMoneySchema,
    costPerInteractionUsd: maybeMoneySchema,
    costPerRunUsd: maybeMoneySchema,
    costPerSuccessUsd: maybeMoneySchema.openapi({
      description: 'All cost of the range ÷ successful outcomes: failures are paid for by the successes.',
    }),
    callsPerInteraction: z.number().nullable(),
    attemptsPerCall: z.number().nullable(),
    unknownPriceAttempts: countSchema,
    estimatedAttempts: countSchema,
  })
  .openapi('Figures');

const workflowSchema = z
  .object({ name: z.string(), simulated: z.boolean(), figures: figuresSchema, stages: z.array(z.string()) })
  .openapi('Workflow');

export const workflowsSchema = z
  .object({ range: rangeSchema, workflows: z.array(workflowSchema) })
  .openapi('WorkflowList');

export const workflowTreeSchema = z
  .object({
    name: z.string(),
    view: z.literal('actual'),
    range: rangeSchema,
    simulated: z.boolean().openapi({ description: 'True when a row of it was answered by the emulator.' }),
    figures: figuresSchema,
    tree: costNodeSchema,
  })
  .openapi('WorkflowTree', {
    description: 'Stages always; with `stage`, also the newest calls of that stage and their attempts.',
  });
