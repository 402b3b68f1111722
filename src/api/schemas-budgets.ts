import { z } from '@hono/zod-openapi';
import { amountUnits, attributionNames, periodKinds, type ScopeDimension } from '../tree/index.ts';
import { countSchema, maybeTimeSchema, timeSchema } from './schemas.ts';

const dimensionNames: ReadonlySet<string> = new Set([...attributionNames, 'key', 'model', 'provider']);
const word = z.string().min(1).max(256);

const dimension = z
  .string()
  .max(256)
  .refine((text): text is ScopeDimension => dimensionNames.has(text) || /^tag\..+/.test(text), {
    error: 'a dimension, like user, customer, model or tag.region',
  });

/** Whole tokens, requests or interactions; US dollars as an exact decimal. */
const amountSchema = z
  .string()
  .regex(/^-?\d+(\.\d{1,12})?$/)
  .openapi('Amount', {
    description: 'In the unit of the budget: US dollars as an exact decimal, else a whole number.',
  });

const shareSchema = z.number().min(0).max(1);

const brakeSchema = z.strictObject({
  at: shareSchema.openapi({ description: 'Share of the limit from which it holds.', example: 0.7 }),
  maxOutputTokens: z.number().int().positive().optional(),
  model: word.optional(),
  queueMs: z.number().int().positive().optional(),
  cooldownMs: z.number().int().positive().optional(),
  stop: z.boolean().optional(),
});

const budgetFields = {
  scope: z
    .record(dimension, z.array(word).min(1).max(100))
    .openapi({ description: 'Which calls count: each dimension has one of its values; `{}` is all.' }),
  per: z.array(dimension).max(8).openapi({ description: 'One count for each value of these.' }),
  unit: z.enum(amountUnits),
  limit: amountSchema,
  period: z.enum(periodKinds),
  window: z.enum(['calendar', 'rolling']),
  timeZone: z.string().openapi({ description: 'Whose calendar days and longer follow.', example: 'Europe/Berlin' }),
  hard: z.boolean(),
  whenBooksAreLost: z.enum(['closed', 'open']),
  brake: z.array(brakeSchema).max(16),
};

export const newBudgetSchema = z
  .strictObject({
    ...budgetFields,
    scope: budgetFields.scope.optional(),
    per: budgetFields.per.optional(),
    unit: budgetFields.unit.optional(),
    limit: z.union([amountSchema, z.number().nonnegative()]),
    window: budgetFields.window.optional(),
    timeZone: budgetFields.timeZone.optional(),
    hard: budgetFields.hard.optional(),
    whenBooksAreLost: budgetFields.whenBooksAreLost.optional(),
    brake: budgetFields.brake.optional(),
  })
  .openapi('NewBudget');

export const budgetName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, { error: 'a name of letters, digits, ".", "_", ":" and "-"' });

export const createBudgetSchema = newBudgetSchema.extend({ name: budgetName }).openapi('CreateBudget');

export const standingSchema = z
  .object({
    instance: z.string().openapi({ description: 'Empty for a budget without `per`.', example: 'user=alice' }),
    of: z.record(z.string(), z.string()).openapi({ description: 'The values the instance stands for.' }),
    posted: amountSchema,
    estimated: amountSchema.openapi({ description: 'What gateways that were lost may have spent.' }),
    held: amountSchema.openapi({ description: 'Set aside for calls in flight.' }),
    leasedIdle: amountSchema.openapi({ description: 'With gateways and not held; it returns within seconds.' }),
    available: amountSchema.openapi({ description: 'The limit less all of these; negative when overdrawn.' }),
    usedShare: z.number().openapi({ description: 'Posted, estimated and held, of the limit.' }),
    resetsAt: maybeTimeSchema,
  })
  .openapi('BudgetStanding');

export const budgetSchema = z
  .object({
    name: z.string(),
    source: z.enum(['file', 'api']),
    ...budgetFields,
    changedAt: timeSchema,
    instances: countSchema.openapi({ description: 'How many are counted now.' }),
    fullest: standingSchema.nullable().openapi({ description: 'The instance with least left; null before the first.' }),
  })
  .openapi('Budget');

export const budgetsSchema = z
  .object({
    budgets: z.array(budgetSchema),
    partial: z.boolean().openapi({ description: 'True when there are more instances than one answer reads.' }),
  })
  .openapi('BudgetList');

export const budgetPageSchema = z
  .object({ budget: budgetSchema, standings: z.array(standingSchema), partial: z.boolean() })
  .openapi('BudgetPage');

export const putBudgetSchema = z.object({ budget: budgetSchema, changed: z.boolean() }).openapi('PutBudget');

export const leaseSchema = z
  .object({
    id: z.string(),
    budget: z.string(),
    instance: z.string(),
    holder: z.string().openapi({ description: 'The journal of the gateway process it was granted to.' }),
    state: z.enum(['open', 'expired', 'released', 'closed']),
    granted: amountSchema,
    spent: amountSchema,
    returned: amountSchema,
    openedAt: timeSchema,
    expiresAt: timeSchema,
  })
  .openapi('Lease');

export const leasesSchema = z.object({ leases: z.array(leaseSchema) }).openapi('LeaseList');
export const releasedSchema = z.object({ lease: leaseSchema, released: amountSchema }).openapi('ReleasedLease');

export const planSchema = z
  .object({
    name: z.string(),
    priceUsd: amountSchema.nullable(),
    maxOutputTokens: z.number().int().nullable(),
    models: z.array(z.string()).openapi({ description: 'Empty allows every model.' }),
    quotas: z.array(budgetSchema).openapi({ description: 'Each a hard budget per user.' }),
  })
  .openapi('Plan');

export const plansSchema = z.object({ plans: z.array(planSchema) }).openapi('PlanList');
export const planPageSchema = z
  .object({ plan: planSchema, users: z.array(z.object({ quota: z.string(), standing: standingSchema })) })
  .openapi('PlanPage');
