import type { Config, Provider } from '../../config/index.ts';
import type { CostRow, TimeRange } from '../../ledger/index.ts';
import { fromPicos, subtractUsd, type Usd, zeroUsd } from '../../money/index.ts';
import { monthlyInRange, paidIn } from '../stack/calendar-share.ts';
import { meanUsd } from '../stack/mean-usd.ts';
import { type EconomicLedger, groupsMax } from '../stack/read-stack-facts.ts';
import { ratio } from '../units/ratio.ts';

/** Whether throughput that is held for the product pays, by how its load came hour by hour. */
export interface ReservationFigures {
  readonly provider: string;
  /** What it covers. */
  readonly tokensPerMinute: number;
  /** What it cost in the range. */
  readonly cost: Usd;
  /** Tokens it could have taken, and those of the load it could take. */
  readonly capacityTokens: number;
  readonly coveredTokens: number;
  readonly usedShare: number | null;
  /** What covered tokens cost by the token, at the mean price of the range; null where tokens have no price. */
  readonly worth: Usd | null;
  /** Worth − cost. */
  readonly saving: Usd | null;
  /** The share of it that must be used so that it costs what the same tokens cost by the token. */
  readonly breakEvenShare: number | null;
  /** At this price of a token held, the level of load up to which holding pays: that which is passed in `breakEvenShare` of all hours. */
  readonly bestTokensPerMinute: number | null;
  /** Mean ÷ highest hour of the load: 1 is perfectly steady. */
  readonly loadFactor: number | null;
}

type Reservation = NonNullable<Provider['reserved']>[number];

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** Every reservation that says how much it covers. Several of one provider cover what the ones before them leave. */
export async function readReservations(
  ledger: Pick<EconomicLedger, 'costs'>,
  range: TimeRange,
  config: Config,
): Promise<ReservationFigures[]> {
  const held = Object.entries(config.providers).flatMap(([provider, { reserved }]) => {
    return reserved?.some(({ tokens }) => tokens) ? [{ provider, reserved }] : [];
  });
  const read = held.map(async ({ provider, reserved }) => {
    const where = { provider: [provider] };
    const { rows } = await ledger.costs({ range, where, by: ['hour'], orderBy: 'dimensions', limit: groupsMax });
    return figuresOf(provider, reserved, rows, { range, config });
  });
  return (await Promise.all(read)).flat();
}

interface Scope {
  readonly range: TimeRange;
  readonly config: Config;
}

function figuresOf(provider: string, reserved: readonly Reservation[], rows: readonly CostRow[], scope: Scope) {
  let below = 0;
  return reserved.flatMap((reservation) => {
    const { tokens } = reservation;
    if (!tokens) return [];
    const tokensPerMinute = (tokens.count * minuteMs) / tokens.perMs;
    const figures = reservationFigures(reservation, { below, tokensPerMinute }, rows, scope);
    below += tokensPerMinute;
    return [{ provider, tokensPerMinute, ...figures }];
  });
}

/** What of the load falls to a reservation: tokens a minute above those of reservations before it. */
interface Band {
  readonly below: number;
  readonly tokensPerMinute: number;
}

function reservationFigures(reservation: Reservation, band: Band, rows: readonly CostRow[], { range, config }: Scope) {
  const paid = paidIn({ range, config }, reservation);
  const load = hourlyLoad(rows, paid);
  const minutes = (paid.toMs - paid.fromMs) / minuteMs;
  const capacityTokens = band.tokensPerMinute * minutes;
  const covered = load.map((rate) => Math.min(band.tokensPerMinute, Math.max(0, rate - band.below)));
  const coveredTokens = Math.round(sum(covered) * (hourMs / minuteMs));
  const cost = monthlyInRange(meanUsd(reservation.monthlyUsd) ?? zeroUsd, paid, config.timeZone);
  const picosPerToken = meanPrice(rows);
  const worth = picosPerToken === null ? null : fromPicos(BigInt(Math.round(coveredTokens * picosPerToken)));
  const breakEvenShare =
    picosPerToken === null || capacityTokens === 0 ? null : Number(cost.picos) / (capacityTokens * picosPerToken);
  return {
    ...{ cost, capacityTokens, coveredTokens, worth, breakEvenShare },
    usedShare: ratio(coveredTokens, capacityTokens),
    saving: worth && subtractUsd(worth, cost),
    bestTokensPerMinute: breakEvenShare === null ? null : bestLevel(load, breakEvenShare),
    loadFactor: load.length === 0 ? null : ratio(sum(load) / load.length, Math.max(...load)),
  };
}

/** Tokens a minute of each hour of a range, also of those without a call. */
function hourlyLoad(rows: readonly CostRow[], { fromMs, toMs }: TimeRange): number[] {
  const byHour = new Map(rows.map((row) => [Date.parse(row.dimensions.hour ?? ''), tokensOf(row)]));
  const load: number[] = [];
  for (let atMs = Math.floor(fromMs / hourMs) * hourMs; atMs < toMs; atMs += hourMs) {
    load.push((byHour.get(atMs) ?? 0) / (hourMs / minuteMs));
  }
  return load;
}

/**
 * Holding one token a minute more pays while the load passes it in more hours than what it costs to hold one is of the
 * price of using one (the newsvendor's critical ratio: Arrow, Harris and Marschak, 1951).
 */
function bestLevel(load: readonly number[], breakEvenShare: number): number {
  const sorted = load.toSorted((a, b) => b - a);
  return sorted[Math.floor(breakEvenShare * sorted.length)] ?? 0;
}

/** Picodollars for a token over the range; null where none was paid for. */
function meanPrice(rows: readonly CostRow[]): number | null {
  const cost = rows.reduce((total, row) => total + row.cost.picos, 0n);
  const tokens = sum(rows.map(tokensOf));
  return cost === 0n || tokens === 0 ? null : Number(cost) / tokens;
}

const tokensOf = (row: CostRow): number => row.inputTokens + row.outputTokens;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
