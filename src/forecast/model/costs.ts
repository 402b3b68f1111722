import type { Config, OverheadCost, SwitchingCost, WorkCost } from '../../config/index.ts';
import type { LineKind } from '../../tree/index.ts';
import { type ModelBuilder, type Num, zero } from './number.ts';
import type { PersonRates } from './people.ts';

/** A cost beside the calls. */
export interface OverheadModel {
  readonly line: LineKind;
  readonly name: string;
  readonly monthlyUsd: Num;
  readonly perCallUsd: Num;
  readonly perMillionTokensUsd: Num;
  readonly hoursPerMonth: Num;
  readonly hourlyUsd: Num;
  /** 1 unless it is spread over months. */
  readonly months: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly allocateBy: OverheadCost['allocateBy'];
  readonly shares: Readonly<Record<string, number>>;
}

export interface TierModel {
  readonly keepMs: number;
  readonly share: number;
  /** Null: the bytes of the whole. */
  readonly bytesPerCall: Num | null;
  readonly usdPerGbMonth: number;
}

export interface ObservabilityModel {
  readonly bytesPerCall: Num;
  readonly usdPerGbIngest: number;
  readonly tiers: readonly TierModel[];
}

export interface PoolModel {
  readonly provider: string;
  readonly monthlyUsd: number;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Null: idle time is what the pool costs beyond what calls used. */
  readonly utilisation: Num | null;
}

type Path = readonly string[];
const each = { each: true };
const hoursPerMonth = 730;

export function compileOverheads(
  config: Config,
  people: PersonRates,
  startMs: number,
  builder: ModelBuilder,
): OverheadModel[] {
  const { overheads } = config;
  const listed = (key: 'infrastructure' | 'capacity' | 'compliance', line: LineKind): OverheadModel[] =>
    overheads[key].map((cost, index) => overhead(line, cost, ['overheads', key, String(index)], people, builder));
  const worked = (key: 'maintenance' | 'operationalDebt'): OverheadModel[] =>
    overheads[key].map((cost, index) => overhead(key, cost, ['overheads', key, String(index)], people, builder));
  return [
    ...listed('infrastructure', 'infrastructure'),
    ...listed('capacity', 'capacity'),
    ...listed('compliance', 'compliance'),
    ...worked('maintenance'),
    ...worked('operationalDebt'),
    ...overheads.switching.map((cost, index) =>
      switching(cost, ['overheads', 'switching', String(index)], people, startMs, builder),
    ),
    ...Object.entries(config.services).flatMap(([name, service]) => serviceFee(name, service, builder)),
    ...reservations(config, builder),
  ];
}

function overhead(
  line: LineKind,
  cost: OverheadCost | WorkCost,
  path: Path,
  people: PersonRates,
  builder: ModelBuilder,
): OverheadModel {
  const metered = 'perCallUsd' in cost || 'perMillionTokensUsd' in cost ? (cost as OverheadCost) : undefined;
  return {
    ...shared(cost),
    line,
    monthlyUsd: builder.money(cost.monthlyUsd, [...path, 'monthlyUsd']),
    perCallUsd: builder.money(metered?.perCallUsd, [...path, 'perCallUsd']),
    perMillionTokensUsd: builder.money(metered?.perMillionTokensUsd, [...path, 'perMillionTokensUsd']),
    hoursPerMonth: builder.number(cost.hoursPerMonth, [...path, 'hoursPerMonth'], 0, each),
    hourlyUsd: people.hourlyUsd(cost.role),
    months: 1,
  };
}

type Dates = Pick<OverheadModel, 'fromMs' | 'untilMs'>;

function datesOf({ from, until }: Pick<OverheadCost, 'from' | 'until'>): Dates {
  return { fromMs: from?.ms ?? Number.NEGATIVE_INFINITY, untilMs: until?.ms ?? Number.POSITIVE_INFINITY };
}

type Shared = Dates & Pick<OverheadModel, 'name' | 'allocateBy' | 'shares'>;

function shared({ name, allocateBy, shares, ...dates }: OverheadCost | WorkCost | SwitchingCost): Shared {
  return {
    name,
    ...datesOf(dates),
    allocateBy,
    shares: shares ?? {},
  };
}

/** Counted from `from`, or from the first month, until it is paid off. */
function switching(
  cost: SwitchingCost,
  path: Path,
  people: PersonRates,
  startMs: number,
  builder: ModelBuilder,
): OverheadModel {
  const base = shared(cost);
  const fromMs = cost.from?.ms ?? startMs;
  const months = cost.amortizedOver.months;
  const start = new Date(fromMs);
  const paidOffMs = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, start.getUTCDate());
  return {
    ...base,
    line: 'switching',
    fromMs,
    untilMs: Math.min(base.untilMs, paidOffMs),
    monthlyUsd: builder.money(cost.onceUsd, [...path, 'onceUsd']),
    perCallUsd: zero,
    perMillionTokensUsd: zero,
    hoursPerMonth: builder.number(cost.hours, [...path, 'hours'], 0, each),
    hourlyUsd: people.hourlyUsd(cost.role),
    months,
  };
}

const unmetered = {
  shares: {},
  perCallUsd: zero,
  perMillionTokensUsd: zero,
  hoursPerMonth: zero,
  hourlyUsd: zero,
  months: 1,
};

function serviceFee(name: string, service: Config['services'][string], builder: ModelBuilder): OverheadModel[] {
  if (!service.monthlyUsd) return [];
  const monthlyUsd = builder.money(service.monthlyUsd, ['services', name, 'monthlyUsd']);
  return [{ ...datesOf(service), ...unmetered, line: service.line, name, monthlyUsd, allocateBy: 'calls' }];
}

function reservations({ providers }: Config, builder: ModelBuilder): OverheadModel[] {
  return Object.entries(providers).flatMap(([provider, { reserved }]) =>
    (reserved ?? []).map((reservation, index) => ({
      ...datesOf(reservation),
      ...unmetered,
      line: 'capacity' as const,
      name: `${provider} reservation`,
      monthlyUsd: builder.money(reservation.monthlyUsd, [
        'providers',
        provider,
        'reserved',
        String(index),
        'monthlyUsd',
      ]),
      allocateBy: 'tokens' as const,
    })),
  );
}

export function compileObservability({ overheads }: Config, builder: ModelBuilder): ObservabilityModel | null {
  const { observability } = overheads;
  if (!observability) return null;
  const path = ['overheads', 'observability'];
  const usual = Number(observability.perGbMonthUsd);
  return {
    bytesPerCall: builder.number(observability.bytesPerCall, [...path, 'bytesPerCall'], 0, each),
    usdPerGbIngest: Number(observability.perGbIngestUsd),
    tiers: observability.tiers.map((tier, index) => ({
      keepMs: tier.keep.ms,
      share: tier.share,
      bytesPerCall: tier.bytesPerCall
        ? builder.number(tier.bytesPerCall, [...path, 'tiers', String(index), 'bytesPerCall'], 0, each)
        : null,
      usdPerGbMonth: tier.perGbMonthUsd === undefined ? usual : Number(tier.perGbMonthUsd),
    })),
  };
}

/** Pools of providers that stages call; one that only waits to be compared costs nothing yet. */
export function compilePools({ providers }: Config, used: ReadonlySet<string>, builder: ModelBuilder): PoolModel[] {
  return Object.entries(providers).flatMap(([provider, { gpu }]) => {
    if (!gpu || !used.has(provider)) return [];
    const utilisation = gpu.utilisation
      ? builder.number(gpu.utilisation, ['providers', provider, 'gpu', 'utilisation'], 1, { low: 0.01, high: 1 })
      : null;
    return [{ provider, monthlyUsd: Number(gpu.hourlyUsd) * gpu.count * hoursPerMonth, utilisation, ...datesOf(gpu) }];
  });
}
