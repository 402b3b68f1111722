import { BurnrateError, type Clock } from '../../base/index.ts';
import type { RefusedBudget } from '../../books/index.ts';
import { toDecimal } from '../../money/index.ts';
import { refusalCode } from '../../policy/index.ts';
import type { AmountUnit } from '../../tree/index.ts';
import { limits } from '../limits.ts';

/** Beyond this a budget is said never to start anew. */
const foreverMs = 10 * 366 * 24 * 60 * 60_000;

/** Which budget refuses, what is left of it and when it starts anew. */
export function refusedByBudget(
  reason: 'exceeded' | 'contended' | 'stopped',
  refused: RefusedBudget,
  clock: Clock,
): BurnrateError {
  const { budget, unit, limit, spent, leased, resetsInMs } = refused;
  const left = limit > spent ? limit - spent : 0n;
  const resets = resetsInMs < foreverMs ? instantOf(clock.nowMs() + resetsInMs) : '';
  const code = reason === 'contended' ? 'budget_contended' : refusalCode(budget);
  const retryAfterMs = reason === 'contended' ? limits.contendedRetryAfterMs : resets === '' ? undefined : resetsInMs;
  return new BurnrateError(code, {
    message: `${messageOf(reason, refused, left)}${resets === '' ? '' : ` It starts anew at ${resets}.`}`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    facts: {
      budget,
      instance: refused.instance,
      unit,
      limit: amountText(limit, unit),
      remaining: amountText(left, unit),
      held: amountText(leased, unit),
      ...(resets === '' ? {} : { resetsAt: resets }),
    },
  });
}

/** To the second, as periods begin: the time left was read some milliseconds before this clock is. */
const instantOf = (atMs: number): string => new Date(Math.round(atMs / 1_000) * 1_000).toISOString();

function messageOf(reason: 'exceeded' | 'contended' | 'stopped', refused: RefusedBudget, left: bigint): string {
  const { budget, instance, unit, limit, leased } = refused;
  const name = `The budget "${budget}"${instance === '' ? '' : ` (${decodeURIComponent(instance)})`}`;
  const state = `${withUnit(left, unit)} of ${withUnit(limit, unit)} left`;
  if (reason === 'stopped') return `${name} lets nothing more in: it has ${state}.`;
  if (reason === 'contended') return `${name} has ${state}, of which calls in flight hold ${withUnit(leased, unit)}.`;
  return `${name} has ${state}, which is less than this call may cost.`;
}

const withUnit = (amount: bigint, unit: AmountUnit): string =>
  unit === 'usd' ? `$${amountText(amount, unit)}` : `${amount} ${unit}`;

/** Money as decimal dollars, everything else as a whole number. */
export function amountText(amount: bigint, unit: AmountUnit): string {
  return unit === 'usd' ? toDecimal({ picos: amount }) : amount.toString();
}
