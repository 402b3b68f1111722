import type { LineKind } from '../../tree/index.ts';
import type { ForecastModel } from '../model/build-model.ts';
import type { MonthPlan } from '../model/calendar.ts';
import type { ChangeModel } from '../model/changes.ts';
import type { OverheadModel, PoolModel } from '../model/costs.ts';
import { type Columns, type Num, read } from '../model/number.ts';
import type { SharedCost } from './scenario-run.ts';
import { storedShares } from './storage.ts';

const bytesPerGb = 1e9;
const tokensPerMillion = 1e6;

type Add = (line: LineKind, amounts: Float64Array) => void;

/** Costs beside the calls, month by month. */
export interface Overheads {
  begin(): void;
  /** Tells what calls of a self-hosted model used of their pool. */
  used(provider: string, usdPerRun: Float64Array, runs: Float64Array): void;
  /** Tells how many calls a workflow made in the month, for what is logged of them. */
  logged(workflow: number, calls: Float64Array): void;
  /** @param stressed share of the month in which the stress holds */
  month(month: number, stressed: number, calls: Float64Array, tokens: Float64Array, add: Add): void;
  shared(): SharedCost[];
}

export function prepareOverheads(
  model: ForecastModel,
  columns: Columns,
  trials: number,
  changes: readonly ChangeModel[],
): Overheads {
  const scratch = new Float64Array(trials);
  const totals: SharedCost[] = [];
  const keep = (at: number, cost: Omit<SharedCost, 'total'>, amounts: Float64Array): void => {
    totals[at] ??= { ...cost, total: new Float64Array(trials) };
    const { total } = totals[at] as SharedCost;
    for (let t = 0; t < trials; t++) total[t] = (total[t] as number) + (amounts[t] as number);
  };
  const pools = poolCosts(model.pools, columns, trials);
  const logs = logCosts(model, columns, trials);
  return {
    begin() {
      pools.begin();
      logs.begin();
    },
    used: pools.used,
    logged: logs.logged,
    month(month, stressed, calls, tokens, add) {
      const plan = model.months[month] as MonthPlan;
      let at = 0;
      const put = (cost: Omit<SharedCost, 'total'>, amounts: Float64Array): void => {
        add(cost.line, amounts);
        keep(at++, cost, amounts);
      };
      for (const overhead of model.overheads) {
        fill(scratch, overhead, activeShare(overhead, plan), columns, calls, tokens);
        put(overhead, scratch);
      }
      for (const [index, change] of changes.entries()) {
        if (isNothing(change.monthlyUsd)) continue;
        const share = index === 0 ? 1 : stressed;
        for (let t = 0; t < trials; t++) scratch[t] = read(change.monthlyUsd, columns, t) * share;
        put({ line: 'compliance', name: change.name, allocateBy: 'cost', shares: {} }, scratch);
      }
      if (logs.month(month, scratch))
        put({ line: 'observability', name: 'observability', allocateBy: 'bytes', shares: {} }, scratch);
      for (const pool of model.pools) {
        pools.idle(pool, activeShare(pool, plan), scratch);
        put({ line: 'capacity', name: `${pool.provider} idle`, allocateBy: 'tokens', shares: {} }, scratch);
      }
    },
    shared: () => totals.filter(({ total }) => total.some((amount) => amount !== 0)),
  };
}

function activeShare(
  { fromMs, untilMs }: Pick<OverheadModel, 'fromMs' | 'untilMs'>,
  { startMs, endMs }: MonthPlan,
): number {
  const active = Math.min(endMs, untilMs) - Math.max(startMs, fromMs);
  return Math.max(0, active) / (endMs - startMs);
}

function fill(
  into: Float64Array,
  overhead: OverheadModel,
  active: number,
  columns: Columns,
  calls: Float64Array,
  tokens: Float64Array,
): void {
  const { monthlyUsd, hoursPerMonth, hourlyUsd, perCallUsd, perMillionTokensUsd, months } = overhead;
  const steady = [monthlyUsd, hoursPerMonth, hourlyUsd].every(({ column }) => column < 0);
  const monthly = (t: number): number =>
    (read(monthlyUsd, columns, t) + read(hoursPerMonth, columns, t) * read(hourlyUsd, columns, t)) / months;
  if (steady) into.fill(monthly(0) * active);
  else for (let t = 0; t < into.length; t++) into[t] = monthly(t) * active;
  if (isNothing(perCallUsd) && isNothing(perMillionTokensUsd)) return;
  for (let t = 0; t < into.length; t++) {
    const byCalls = read(perCallUsd, columns, t) * (calls[t] as number);
    const byTokens = (read(perMillionTokensUsd, columns, t) * (tokens[t] as number)) / tokensPerMillion;
    into[t] = (into[t] as number) + (byCalls + byTokens) * active;
  }
}

const isNothing = ({ column, constant }: Num): boolean => column < 0 && constant === 0;

interface PoolCosts extends Pick<Overheads, 'begin' | 'used'> {
  /** @param active share of the month in which the pool is paid */
  idle(pool: PoolModel, active: number, into: Float64Array): void;
}

/** A pool is paid whether it works or not: what calls did not use is capacity. */
function poolCosts(pools: readonly PoolModel[], columns: Columns, trials: number): PoolCosts {
  const used = new Map(pools.map(({ provider }) => [provider, new Float64Array(trials)]));
  return {
    begin() {
      for (const each of used.values()) each.fill(0);
    },
    used(provider, usdPerRun, runs) {
      const sum = used.get(provider);
      if (!sum) return;
      for (let t = 0; t < trials; t++) sum[t] = (sum[t] as number) + (usdPerRun[t] as number) * (runs[t] as number);
    },
    idle({ provider, monthlyUsd, utilisation }, active, into) {
      const sum = used.get(provider);
      const pool = monthlyUsd * active;
      for (let t = 0; t < trials; t++) {
        const worked = sum?.[t] ?? 0;
        const pools = pool === 0 ? 0 : Math.max(1, Math.ceil(worked / pool));
        into[t] = utilisation ? worked * (1 / read(utilisation, columns, t) - 1) : Math.max(0, pools * pool - worked);
      }
    },
  };
}

interface LogCosts extends Pick<Overheads, 'begin' | 'logged'> {
  month(month: number, into: Float64Array): boolean;
}

/** Logs and traces: bytes taken in this month, and what is still stored of every month before. */
function logCosts({ observability, workflows, months }: ForecastModel, columns: Columns, trials: number): LogCosts {
  const bytes: Float64Array[] = [];
  const calls: Float64Array[] = [];
  const stored = (observability?.tiers ?? []).map((tier) => storedShares(months, tier.keepMs));
  const usual = observability?.bytesPerCall;
  return {
    begin() {
      bytes.push(new Float64Array(trials));
      calls.push(new Float64Array(trials));
    },
    logged(workflow, made) {
      const own = workflows[workflow]?.bytesPerCall ?? usual;
      const sum = bytes.at(-1);
      const all = calls.at(-1);
      if (!own || !sum || !all) return;
      for (let t = 0; t < trials; t++) {
        sum[t] = (sum[t] as number) + (made[t] as number) * read(own, columns, t);
        all[t] = (all[t] as number) + (made[t] as number);
      }
    },
    month(month, into) {
      if (!observability) return false;
      const written = bytes[month] as Float64Array;
      for (let t = 0; t < trials; t++) into[t] = ((written[t] as number) / bytesPerGb) * observability.usdPerGbIngest;
      for (const [index, tier] of observability.tiers.entries()) {
        const { bytesPerCall } = tier;
        const usdPerByte = (tier.share * tier.usdPerGbMonth) / bytesPerGb;
        for (const [j, share] of (stored[index]?.[month] ?? []).entries()) {
          const factor = usdPerByte * share;
          if (factor === 0) continue;
          const from = (bytesPerCall ? calls[j] : bytes[j]) as Float64Array;
          for (let t = 0; t < trials; t++) {
            const each = bytesPerCall ? read(bytesPerCall, columns, t) : 1;
            into[t] = (into[t] as number) + factor * each * (from[t] as number);
          }
        }
      }
      return true;
    },
  };
}
