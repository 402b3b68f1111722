import type { Random } from '../../src/base/index.ts';
import type { AlertFeed } from '../../src/economics/index.ts';
import type { CostAnswer, CostQuery, CostRow } from '../../src/ledger/index.ts';
import { fromPicos } from '../../src/money/index.ts';

export const slotMs = 5 * 60_000;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Calls of one slot, and tokens of one call, by the slot of a week. */
export interface Shape {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A product's day and week where no recorded traffic is at hand: quiet nights, a peak at 14:00, half as much on weekends. */
export function plainShape(atMs: number): Shape {
  const hour = (atMs % dayMs) / hourMs;
  const weekend = Math.floor(atMs / dayMs + 3) % 7 >= 5;
  const level = 0.25 + Math.max(0, Math.cos(((hour - 14) * Math.PI) / 12)) ** 2;
  return { calls: 60 * level * (weekend ? 0.5 : 1), inputTokens: 900, outputTokens: 250 };
}

/** What goes wrong from `fromMs` to `toMs`; absent fields are as ever. */
export interface Incident {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Kinds of alerts that tell of it, and those that may come beside. */
  readonly tells: readonly string[];
  readonly beside?: readonly string[];
  readonly calls?: number;
  readonly input?: number;
  readonly retryShare?: number;
  readonly fallbackShare?: number;
  readonly price?: number;
  readonly newRoute?: boolean;
  readonly absentShare?: number;
  /** Share of input tokens read from the cache. */
  readonly cacheShare?: number;
  /** Share of everything that one customer takes. */
  readonly heavyCustomer?: number;
}

interface FactRow {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly attempts: number;
  readonly calls: number;
  /** With what was read from the cache. */
  readonly input: number;
  readonly cacheRead: number;
  readonly output: number;
  readonly picos: bigint;
}

/** Rows of an hour, or of a slot, that are alike in some dimensions, added up. */
type Grouped = readonly FactRow[];

/** Facts by slot and by hour, answering cost queries as a ledger does, for weeks that are simulated in seconds. */
export class SimulatedFacts implements AlertFeed {
  readonly #slots = new Map<number, FactRow[]>();
  readonly #hours = new Map<number, Map<string, FactRow>>();
  /** Hours and days by the dimensions they were asked for; what is past does not change. */
  readonly #blocks = new Map<string, Map<number, Grouped>>();
  #newestMs = 0;

  add(atMs: number, rows: readonly FactRow[]): void {
    this.#slots.set(atMs, [...rows]);
    this.#newestMs = Math.max(this.#newestMs, atMs);
    const hour = Math.floor(atMs / hourMs) * hourMs;
    const merged = this.#hours.get(hour) ?? new Map<string, FactRow>();
    for (const row of rows) {
      const key = JSON.stringify(row.dimensions);
      const known = merged.get(key);
      merged.set(key, known ? plus(known, row) : row);
    }
    this.#hours.set(hour, merged);
  }

  async costs({ range, by, where, limit = 1_000 }: CostQuery): Promise<CostAnswer> {
    const groups = new Map<string, { dimensions: Record<string, string | null>; row: FactRow }>();
    const ofCustomers = by.includes('customer');
    let total: FactRow | null = null;
    for (const [atMs, row] of this.#rows(range.fromMs, range.toMs, [...by, ...Object.keys(where)])) {
      if ('customer' in row.dimensions !== ofCustomers) continue;
      const value = (name: string) => timeOf(name, atMs) ?? row.dimensions[name] ?? null;
      if (!Object.entries(where).every(([name, values]) => values?.includes(value(name) ?? ''))) continue;
      const key = by.map((name) => value(name) ?? '').join('|');
      const known = groups.get(key);
      if (known) known.row = plus(known.row, row);
      else groups.set(key, { dimensions: Object.fromEntries(by.map((name) => [name, value(name)])), row });
      total = total ? plus(total, row) : row;
    }
    const rows = [...groups.values()].map(({ dimensions, row }) => asCostRow(row, dimensions));
    rows.sort((a, b) => (a.cost.picos < b.cost.picos ? 1 : -1));
    const none = { dimensions: {}, attempts: 0, calls: 0, input: 0, cacheRead: 0, output: 0, picos: 0n };
    return {
      rows: rows.slice(0, limit),
      total: asCostRow(total ?? none, {}),
      rowsLeftOut: Math.max(0, rows.length - limit),
    };
  }

  *#rows(fromMs: number, toMs: number, names: readonly string[]): Generator<[number, FactRow]> {
    const days = !names.includes('hour');
    let atMs = Math.ceil(fromMs / slotMs) * slotMs;
    while (atMs < toMs) {
      const isWhole = (lengthMs: number) => atMs % lengthMs === 0 && atMs + lengthMs <= toMs;
      const lengthMs = days && isWhole(dayMs) ? dayMs : isWhole(hourMs) ? hourMs : slotMs;
      for (const row of this.#block(atMs, lengthMs, names)) yield [atMs, row];
      atMs += lengthMs;
    }
  }

  /** A whole hour or day by some dimensions. */
  #block(atMs: number, lengthMs: number, names: readonly string[]): Grouped {
    const signature = `${lengthMs} ${names.join()}`;
    const blocks = this.#blocks.get(signature) ?? new Map<number, Grouped>();
    this.#blocks.set(signature, blocks);
    const known = blocks.get(atMs);
    if (known) return known;
    const made = grouped(this.#rowsOf(atMs, lengthMs, names), names);
    if (lengthMs === slotMs || atMs + lengthMs <= this.#newestMs) blocks.set(atMs, made);
    return made;
  }

  #rowsOf(atMs: number, lengthMs: number, names: readonly string[]): Grouped {
    if (lengthMs === dayMs) return this.#hoursOf(atMs, names);
    if (lengthMs === slotMs) return this.#slots.get(atMs) ?? [];
    return [...(this.#hours.get(atMs)?.values() ?? [])];
  }

  #hoursOf(dayAtMs: number, names: readonly string[]): Grouped {
    return Array.from({ length: 24 }, (_, hour) => this.#block(dayAtMs + hour * hourMs, hourMs, names)).flat();
  }
}

function grouped(rows: readonly FactRow[], names: readonly string[]): Grouped {
  const groups = new Map<string, FactRow>();
  for (const row of rows) {
    const key = names.map((name) => row.dimensions[name] ?? '').join('|') + ('customer' in row.dimensions);
    const known = groups.get(key);
    groups.set(key, known ? plus(known, row) : row);
  }
  return [...groups.values()];
}

const timesMax = 20_000;
const times = new Map<string, string>();

function timeOf(name: string, atMs: number): string | undefined {
  if (name !== 'hour' && name !== 'day') return undefined;
  const key = `${name}${atMs}`;
  const known = times.get(key) ?? writeTime(name, atMs);
  if (times.size > timesMax) times.clear();
  times.set(key, known ?? '');
  return known;
}

function writeTime(name: string, atMs: number): string | undefined {
  if (name === 'hour') return new Date(Math.floor(atMs / hourMs) * hourMs).toISOString().replace('.000Z', 'Z');
  if (name === 'day') return new Date(atMs).toISOString().slice(0, 10);
  return undefined;
}

function plus(a: FactRow, b: FactRow): FactRow {
  return {
    dimensions: a.dimensions,
    attempts: a.attempts + b.attempts,
    calls: a.calls + b.calls,
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    output: a.output + b.output,
    picos: a.picos + b.picos,
  };
}

function asCostRow(row: FactRow, dimensions: CostRow['dimensions']): CostRow {
  return {
    dimensions,
    cost: fromPicos(row.picos),
    runs: row.calls,
    interactions: row.calls,
    calls: row.calls,
    attempts: row.attempts,
    inputTokens: row.input,
    cacheReadTokens: row.cacheRead,
    outputTokens: row.output,
    unknownPriceAttempts: 0,
    estimatedAttempts: 0,
  };
}

interface Route {
  readonly workflow: string;
  readonly stage: string;
  readonly provider: string;
  readonly model: string;
  /** Picodollars for an input and an output token. */
  readonly prices: readonly [number, number];
  readonly callsShare: number;
  readonly inputShare: number;
}

const routes: readonly Route[] = [
  {
    workflow: 'support',
    stage: 'classify',
    provider: 'openai',
    model: 'nano',
    prices: [50_000, 400_000],
    callsShare: 1,
    inputShare: 0.4,
  },
  {
    workflow: 'support',
    stage: 'answer',
    provider: 'anthropic',
    model: 'sonnet',
    prices: [3_000_000, 15_000_000],
    callsShare: 0.8,
    inputShare: 2,
  },
  {
    workflow: 'search',
    stage: 'find',
    provider: 'openai',
    model: 'mini',
    prices: [250_000, 2_000_000],
    callsShare: 0.9,
    inputShare: 1,
  },
];
const dearRoute = { provider: 'anthropic', model: 'opus', prices: [15_000_000, 75_000_000] } as const;
const usualRetries = 0.03;
const usualFallbacks = 0.01;

/** The facts of one slot: the shape with the noise of chance, and whatever incidents do to it. */
export function simulateSlot(atMs: number, shape: Shape, random: Random, incidents: readonly Incident[]): FactRow[] {
  const now = incidents.filter((incident) => incident.fromMs <= atMs && atMs < incident.toMs);
  const factor = (name: 'calls' | 'input' | 'price') =>
    now.reduce((product, incident) => product * (incident[name] ?? 1), 1);
  const share = (
    name: 'retryShare' | 'fallbackShare' | 'absentShare' | 'cacheShare' | 'heavyCustomer',
    usual: number,
  ) => now.reduce((value, incident) => incident[name] ?? value, usual);
  const newRoute = now.some((incident) => incident.newRoute);
  const rows = routes.flatMap((route) => {
    const calls = noisyCount(shape.calls * route.callsShare * factor('calls'), random);
    const input = shape.inputTokens * route.inputShare * factor('input') * (0.95 + 0.1 * random.next());
    const cached = share('cacheShare', usualCacheShare) * (0.9 + 0.2 * random.next());
    const row = (attempts: number, reason: string, over: Partial<Route> = {}, usageSource = 'reported'): FactRow[] => {
      const { workflow, stage, provider, model, prices } = { ...route, ...over };
      const dimensions = { workflow, stage, provider, model, reason, usageSource, priceState: 'known' };
      const own = { attempts: 0, calls: 0, input: 0, cacheRead: 0, output: 0 };
      const all = attempts * input;
      const tokens = { input: Math.round(all * (1 - cached)), cacheRead: Math.round(all * cached) };
      const output = Math.round(attempts * shape.outputTokens);
      const picos = (count: number, price: number) => BigInt(Math.round(count * price * factor('price')));
      return [
        {
          ...{
            ...own,
            dimensions: { ...dimensions, bucket: 'input' },
            attempts,
            calls: reason === 'first' ? attempts : 0,
          },
          ...{ input: tokens.input, picos: picos(tokens.input, prices[0]) },
        },
        {
          ...{ ...own, dimensions: { ...dimensions, bucket: 'cacheRead' }, input: tokens.cacheRead },
          ...{ cacheRead: tokens.cacheRead, picos: picos(tokens.cacheRead, prices[0] * cachedPrice) },
        },
        { ...own, dimensions: { ...dimensions, bucket: 'output' }, output, picos: picos(output, prices[1]) },
      ];
    };
    const retries = noisyCount(calls * share('retryShare', usualRetries), random);
    const fallbacks = noisyCount(calls * share('fallbackShare', usualFallbacks), random);
    const dear = newRoute && route.stage === 'find' ? Math.round(calls / 3) : 0;
    const absent = Math.round(calls * share('absentShare', 0));
    return [
      row(calls - dear - absent, 'first'),
      row(retries, 'retry'),
      row(fallbacks, 'fallback', routes[2]),
      row(dear, 'first', dearRoute),
      row(absent, 'first', {}, 'absent'),
    ]
      .flat()
      .filter(({ picos }) => picos > 0n);
  });
  return [...rows, ...customersOf(rows, share('heavyCustomer', usualHeaviest), random)];
}

const usualCacheShare = 0.4;
/** Price of a cached input token, of one that is not. */
const cachedPrice = 0.1;
const customers = 25;
const usualHeaviest = 0.12;

/** The same facts again by customer: the first takes a share, the others the rest, each with some chance. */
function customersOf(rows: readonly FactRow[], heaviest: number, random: Random): FactRow[] {
  const sum = (read: (row: FactRow) => number) => rows.reduce((total, row) => total + read(row), 0);
  const [picos, calls, attempts] = [
    sum((row) => Number(row.picos)),
    sum((row) => row.calls),
    sum((row) => row.attempts),
  ];
  const weights = Array.from({ length: customers }, (_, index) =>
    index === 0 ? heaviest : ((1 - heaviest) / (customers - 1)) * (0.5 + random.next()),
  );
  const whole = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight, index) => {
    const part = (amount: number) => Math.round((amount * weight) / whole);
    return {
      dimensions: { customer: `customer-${index}` },
      ...{
        attempts: part(attempts),
        calls: part(calls),
        input: 0,
        cacheRead: 0,
        output: 0,
        picos: BigInt(part(picos)),
      },
    };
  });
}

/** A Poisson count, by the normal approximation where the mean is not small. */
function noisyCount(mean: number, random: Random): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  let count = 0;
  for (let product = random.next(), floor = Math.exp(-mean); product > floor; count++) product *= random.next();
  return count;
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
