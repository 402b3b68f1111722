import type { Config, Provider, Stage } from '../../config/index.ts';
import { meanOfQuantity } from '../../forecast/index.ts';
import type { CostAnswer, TimeRange } from '../../ledger/index.ts';
import { fromPicos, type Usd, usd, zeroUsd } from '../../money/index.ts';
import { monthlyInRange, paidIn } from './calendar-share.ts';
import { isEstimate, meanUsd } from './mean-usd.ts';
import type { LineContext } from './overhead-lines.ts';

type Gpu = NonNullable<Provider['gpu']>;
type Reservation = NonNullable<Provider['reserved']>[number];

/** What is paid for capacity whether it is used or not: by the tokens that used it, and by everyone's where nobody did. */
export function addCapacityLines(context: LineContext): void {
  for (const [name, { reserved, gpu }] of Object.entries(context.config.providers)) {
    for (const each of reserved ?? []) addReservation(context, name, each);
    if (gpu) addIdle(context, name, gpu);
  }
}

function addReservation(context: LineContext, name: string, { monthlyUsd, ...dates }: Reservation): void {
  const { builder, config } = context;
  const open = builder.open({
    ...{ line: 'capacity', name: `${name} reservation`, origin: 'configuration', rule: 'tokens' },
    ...{ quantity: 1, unit: 'usd', estimated: isEstimate(monthlyUsd) },
  });
  const cost = monthlyInRange(meanUsd(monthlyUsd) ?? zeroUsd, paidIn(context, dates), config.timeZone);
  builder.shareBy(open, cost, tokensAt(context, name));
}

/** Hours a self-hosted pool was paid and did not work: what it costs beyond what calls used of it. */
function addIdle(context: LineContext, name: string, gpu: Gpu): void {
  const used = context.facts.held.get(name)?.total;
  if (!used || (used.attempts === 0 && !isNamed(context.config, name))) return;
  const hourly = usd(gpu.hourlyUsd);
  const { idle, estimated } = idleOf(gpu, poolCost(hourly, gpu.count, paidIn(context, gpu)), used);
  if (idle.picos === 0n) return;
  const open = context.builder.open({
    ...{ line: 'capacity', name: `${name} idle`, origin: 'configuration', rule: 'tokens' },
    ...{ quantity: Number(idle.picos) / Number(hourly.picos), unit: 'hours', estimated },
  });
  context.builder.shareBy(open, idle, tokensAt(context, name));
}

/** More than one pool can do was done by several; with a stated use of them, pools come and go with the work. */
function idleOf({ utilisation }: Gpu, pool: Usd, { cost }: CostAnswer['total']): { idle: Usd; estimated: boolean } {
  const worked = cost.picos;
  const used = utilisation === undefined ? null : meanOfQuantity(utilisation);
  if (used !== null && used > 0) return { idle: fromPicos(scaled(worked, 1 / used - 1)), estimated: true };
  if (pool.picos === 0n) return { idle: zeroUsd, estimated: false };
  const pools = worked === 0n ? 1n : (worked + pool.picos - 1n) / pool.picos;
  return { idle: fromPicos(pools * pool.picos - worked), estimated: pools > 1n };
}

/** Ranges that follow one another add up. */
function poolCost(hourly: Usd, count: number, { fromMs, toMs }: TimeRange): Usd {
  const upTo = (ms: number) => (hourly.picos * BigInt(count) * BigInt(ms)) / BigInt(hourMs);
  return fromPicos(upTo(toMs) - upTo(fromMs));
}

const hourMs = 3_600_000;
const scaled = (picos: bigint, factor: number): bigint => BigInt(Math.round(Number(picos) * factor));

/** Whether a stage goes there: a pool that only waits to be compared costs nothing yet. */
function isNamed({ workflows }: Config, provider: string): boolean {
  return Object.values(workflows).some(({ stages }) =>
    Object.values(stages).some((stage) => modelsOf(stage).some((model) => model.startsWith(`${provider}/`))),
  );
}

function modelsOf({ work, fallback, route }: Stage): string[] {
  return [
    ...(work.kind === 'model' ? [work.model] : []),
    ...(fallback ?? []).filter((each): each is string => typeof each === 'string'),
    ...(route ? [route.simple] : []),
  ];
}

/** Tokens of each group that used a provider. */
function tokensAt({ groups, facts }: LineContext, name: string): number[] {
  const weights = groups.list.map(() => 0);
  for (const row of facts.held.get(name)?.rows ?? []) {
    const place = groups.indexOf(row.dimensions);
    weights[place] = (weights[place] ?? 0) + row.inputTokens + row.outputTokens;
  }
  return weights;
}
