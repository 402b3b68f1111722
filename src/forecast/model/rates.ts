import type { PriceBook, Rates as RatesInPicos } from '../../pricing/index.ts';
import type { ModelBuilder } from './number.ts';

/** Prices of one model in floating-point dollars per unit, for estimates only. */
export interface UnitRates {
  readonly input: number;
  readonly cacheRead: number;
  readonly output: number;
  readonly reasoning: number;
  readonly imageInput: number;
  readonly audioInput: number;
  readonly image: number;
  readonly toolCall: number;
  readonly call: number;
}

/** Rates below every threshold, then those of each context tier, ascending. */
export interface TieredRates {
  readonly base: UnitRates;
  readonly above: readonly { readonly inputTokens: number; readonly rates: UnitRates }[];
}

/** A model the forecast asks prices of. */
export interface ModelUse {
  readonly provider: string;
  readonly model: string;
  readonly tier: string;
  /** Typical size of a call, tokens: what a self-hosted model's rates depend on. */
  readonly shape: { readonly input: number; readonly output: number };
  /** Where the file names it, for problems. */
  readonly path: readonly string[];
  /** What is asked of it beside input and output. */
  readonly needs: readonly Exclude<keyof UnitRates, 'call' | 'input'>[];
}

export function splitModel(name: string): { readonly provider: string; readonly model: string } {
  const slash = name.indexOf('/');
  return slash < 0 ? { provider: name, model: name } : { provider: name.slice(0, slash), model: name.slice(slash + 1) };
}

const usdPerPico = 1e-12;

function inDollars(rates: RatesInPicos): UnitRates {
  // Dividing keeps what is exact in picodollars the nearest double in dollars: 1e9 picos are 0.001.
  const of = (picos: bigint | undefined): number => (picos === undefined ? 0 : Number(picos) / 1e12);
  const { input, cacheRead, output, reasoning, imageInput, audioInput, image, toolCall, call } = rates;
  return {
    input: of(input),
    cacheRead: of(cacheRead ?? input),
    output: of(output),
    reasoning: of(reasoning ?? output),
    imageInput: of(imageInput ?? input),
    audioInput: of(audioInput ?? input),
    image: of(image),
    toolCall: of(toolCall),
    call: of(call),
  };
}

const hourMs = 3_600_000;
const hoursPerDay = 24;

/** Prices of one use in force at a moment; time-of-day prices are averaged over the day. Null when one is missing, which is reported once. */
export function ratesAt(use: ModelUse, book: PriceBook, atMs: number, builder: ModelBuilder): TieredRates | null {
  const card = book.findCard(use.provider, use.model, atMs);
  if (card?.timeOfDay) return averageOverDay(use, book, atMs, builder);
  return ratesOfMoment(use, book, atMs, builder);
}

function ratesOfMoment(use: ModelUse, book: PriceBook, atMs: number, builder: ModelBuilder): TieredRates | null {
  const card = book.findCard(use.provider, use.model, atMs);
  const tier = card?.tiers[use.tier];
  // A model that is billed by the call alone needs no price of tokens.
  const byCall = tier?.rates.call !== undefined && tier.rates.input === undefined && tier.rates.output === undefined;
  const usage = byCall ? { call: 1 } : askedOf(use);
  const priced = book.price({ provider: use.provider, model: use.model, tier: use.tier, atMs, usage });
  if (priced.state !== 'known' || !tier) {
    builder.problem(use.path, priced.remedy ?? `No price is known for ${use.provider}/${use.model}.`);
    return null;
  }
  if (card?.gpu) {
    const rate = (bucket: string): number =>
      Number(priced.lines.find((line) => line.bucket === bucket)?.rate ?? 0n) * usdPerPico;
    const own = { ...inDollars({}), input: rate('input'), cacheRead: rate('input'), imageInput: rate('input') };
    return {
      base: { ...own, audioInput: rate('input'), output: rate('output'), reasoning: rate('output') },
      above: [],
    };
  }
  const above = tier.above.map(({ inputTokens, rates }) => ({ inputTokens, rates: inDollars(rates) }));
  return { base: inDollars(tier.rates), above };
}

/** Exactly the buckets this use is billed for, so that a price that is missing is found and one not needed is not asked for. */
function askedOf(use: ModelUse): Record<string, number> {
  const asked: Record<string, number> = { call: 1 };
  if (use.shape.input > 0) asked.input = Math.max(1, Math.round(use.shape.input));
  for (const need of use.needs) {
    asked[need] = need === 'output' ? Math.max(1, Math.round(use.shape.output)) : 1;
  }
  return asked;
}

function averageOverDay(use: ModelUse, book: PriceBook, atMs: number, builder: ModelBuilder): TieredRates | null {
  const hours = Array.from({ length: hoursPerDay }, (_, hour) =>
    ratesOfMoment(use, book, atMs + hour * hourMs, builder),
  );
  const known = hours.filter((rates) => rates !== null);
  const first = known[0];
  if (first === undefined || known.length < hours.length) return null;
  const mean = (pick: (rates: TieredRates) => UnitRates | undefined): UnitRates => {
    const all = known.map((rates) => pick(rates) ?? rates.base);
    const average = (key: keyof UnitRates): number => all.reduce((sum, rates) => sum + rates[key], 0) / all.length;
    const keys = Object.keys(first.base) as (keyof UnitRates)[];
    return Object.fromEntries(keys.map((key) => [key, average(key)])) as unknown as UnitRates;
  };
  const above = first.above.map(({ inputTokens }, index) => ({
    inputTokens,
    rates: mean((rates) => rates.above[index]?.rates),
  }));
  return { base: mean((rates) => rates.base), above };
}
