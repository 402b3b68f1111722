import type { z } from '@hono/zod-openapi';
import { BurnrateError } from '../base/index.ts';
import type { BudgetRecord, Lease } from '../books/index.ts';
import { fromPicos, toDecimal, usd } from '../money/index.ts';
import type { AmountUnit, BrakeRung, BudgetDefinition, Scope } from '../tree/index.ts';
import type { BudgetStanding, Standing } from './budget-standing.ts';
import { timeJson } from './range.ts';
import { FieldsRefused } from './refusals.ts';
import type { budgetSchema, leaseSchema, newBudgetSchema, standingSchema } from './schemas-budgets.ts';

/** Dollars as an exact decimal, everything else as a whole number. */
export function amountJson(unit: AmountUnit, amount: bigint): string {
  return unit === 'usd' ? toDecimal(fromPicos(amount)) : `${amount}`;
}

export function budgetJson({ record, instances }: BudgetStanding): z.infer<typeof budgetSchema> {
  const { definition, source, changedAtMs } = record;
  const { name, scope, per, unit, limit, period, hard, failOpen, brake } = definition;
  const [fullest] = instances;
  return {
    name,
    source,
    scope: scope as Record<string, string[]>,
    per: [...per],
    unit,
    limit: amountJson(unit, limit),
    period: period.kind,
    window: period.rolling ? 'rolling' : 'calendar',
    timeZone: period.timeZone,
    hard,
    whenBooksAreLost: failOpen ? 'open' : 'closed',
    brake: brake.map(({ atShare, ...rung }) => ({ at: atShare, ...rung })),
    changedAt: timeJson(changedAtMs),
    instances: instances.length,
    fullest: fullest === undefined ? null : standingJson(record, fullest),
  };
}

export function standingJson({ definition }: BudgetRecord, standing: Standing): z.infer<typeof standingSchema> {
  const { unit, limit } = definition;
  const { instance, posted, estimated, held, leasedIdle, available, resetsAtMs } = standing;
  return {
    instance,
    of: Object.fromEntries(new URLSearchParams(instance)),
    posted: amountJson(unit, posted),
    estimated: amountJson(unit, estimated),
    held: amountJson(unit, held),
    leasedIdle: amountJson(unit, leasedIdle),
    available: amountJson(unit, available),
    usedShare: limit === 0n ? 1 : Number(((posted + estimated + held) * 1_000_000n) / limit) / 1_000_000,
    resetsAt: resetsAtMs === null ? null : timeJson(resetsAtMs),
  };
}

export function leaseJson(lease: Lease, unit: AmountUnit): z.infer<typeof leaseSchema> {
  const { id, holder, state, account, granted, spent, returned, openedAtMs, expiresAtMs } = lease;
  return {
    id,
    budget: account.budget,
    instance: account.instance,
    holder,
    state,
    granted: amountJson(unit, granted),
    spent: amountJson(unit, spent),
    returned: amountJson(unit, returned),
    openedAt: timeJson(openedAtMs),
    expiresAt: timeJson(expiresAtMs),
  };
}

/**
 * The budget a request asks for.
 * @throws BurnrateError validation_failed naming the field that is wrong
 */
export function readBudget(name: string, body: z.infer<typeof newBudgetSchema>, timeZone: string): BudgetDefinition {
  const unit = body.unit ?? 'usd';
  return {
    name,
    scope: (body.scope ?? {}) as Scope,
    per: body.per ?? [],
    unit,
    limit: readLimit(unit, String(body.limit)),
    period: {
      kind: body.period,
      timeZone: readTimeZone(body.timeZone ?? timeZone),
      rolling: readRolling(body.window === 'rolling', body.period),
    },
    hard: body.hard ?? true,
    failOpen: body.whenBooksAreLost === 'open',
    brake: readBrake(body.brake ?? []),
  };
}

function readLimit(unit: AmountUnit, text: string): bigint {
  if (unit !== 'usd' && !/^\d+$/.test(text)) throw wrong('limit', `a whole number of ${unit}`);
  const limit = unit === 'usd' ? readUsd(text) : BigInt(text);
  if (limit < 0n) throw wrong('limit', 'zero or more');
  return limit;
}

function readUsd(text: string): bigint {
  try {
    return usd(text).picos;
  } catch (error) {
    if (error instanceof BurnrateError) throw wrong('limit', 'US dollars, like 12.50');
    throw error;
  }
}

function readTimeZone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone === '' ? 'UTC' : name;
  } catch (error) {
    if (error instanceof RangeError) throw wrong('timeZone', 'the name of a time zone, like Europe/Berlin');
    throw error;
  }
}

function readRolling(rolling: boolean, period: BudgetDefinition['period']['kind']): boolean {
  if (rolling && period === 'total') throw wrong('window', 'calendar, as `total` never starts anew');
  return rolling;
}

function readBrake(steps: NonNullable<z.infer<typeof newBudgetSchema>['brake']>): BrakeRung[] {
  const rising = steps.every((step, index) => index === 0 || step.at > (steps[index - 1]?.at ?? 0));
  if (!rising) throw wrong('brake', 'steps in rising order, each from a larger share on');
  return steps.map(({ at, ...rung }) => ({ atShare: at, ...rung }) as BrakeRung);
}

function wrong(field: string, expected: string): FieldsRefused {
  return new FieldsRefused([{ field, message: `expected ${expected}` }]);
}
