/**
 * Seeded traffic of LLM products by the hour, of eight kinds that differ in what makes a day ahead hard to say. No kind
 * is fitted to a trace; how strong a season is, how long a level stays and how much is noise is drawn for each product.
 */
import { type Random, seededRandom } from '../../src/base/index.ts';
import { hourMs, type Series, type SeriesKind } from '../../src/forecast/series/series.ts';

export const kinds = ['clients', 'agents', 'day', 'office', 'regimes', 'memory', 'bursts', 'few'] as const;
type Kind = (typeof kinds)[number];

/** What an hour brought. Tokens are means per request; NaN where there was none. */
interface Hour {
  readonly requests: number;
  readonly input: number;
  readonly output: number;
}

/** Requests, mean input and mean output tokens of one product: seven days to three weeks of hours. */
export function madeProduct(seed: number): Series[] {
  const kind = kinds[seed % kinds.length] ?? 'day';
  const random = seededRandom(7_919 * seed + 1);
  const days = [7, 8, 10, 10, 14, 21][Math.floor(6 * random.next())] ?? 10;
  const hours = disturbed(makers[kind](random, 24 * days), random);
  const column = (name: string, unit: SeriesKind, of: (hour: Hour) => number): Series => ({
    name: `${kind} ${seed} ${name}`,
    kind: unit,
    startMs: 0,
    stepMs: hourMs,
    values: Float64Array.from(hours, of),
  });
  return [
    column('requests', 'count', ({ requests }) => requests),
    column('input', 'mean', ({ input }) => input),
    column('output', 'mean', ({ output }) => output),
  ];
}

const makers: Record<Kind, (random: Random, hours: number) => Hour[]> = {
  clients: (random, hours) => ofClients(random, hours, between(random, 5, 40), 0.5),
  agents: (random, hours) => ofClients(random, hours, between(random, 3, 12), 0.9),
  day: (random, hours) => ofSeason(random, hours, 1, between(random, 1e3, 1e6)),
  office: (random, hours) => ofSeason(random, hours, 0.3, between(random, 1e2, 1e4)),
  regimes: (random, hours) => threeOf(hours, () => regimes(random, hours)),
  memory: (random, hours) => threeOf(hours, () => longMemory(random, hours)),
  bursts: (random, hours) => threeOf(hours, () => bursts(random, hours)),
  few: (random, hours) => ofSeason(random, hours, between(random, 0.3, 1), between(random, 1, 30)),
};

/** A product is what its clients send: each with a rhythm, tokens of its own, and, if it comes and goes, spells. */
function ofClients(random: Random, hours: number, count: number, comers: number): Hour[] {
  const skew = between(random, 0.7, 1.6);
  const clients = Array.from({ length: Math.round(count) }, (_, rank) => ({
    size: 1e5 / (rank + 1) ** skew,
    swing: random.next() < 0.6 ? 0.9 * random.next() : 0,
    peak: 24 * random.next(),
    weekend: random.next() < 0.4 ? 0.5 : 1,
    spells: random.next() < comers ? spellsOf(random, hours) : null,
    input: wandering(random, hours, 0.05, Math.exp(6.5 + 0.9 * normal(random))),
    output: wandering(random, hours, 0.06, Math.exp(4.8 + 0.8 * normal(random))),
    noise: wandering(random, hours, 0.12, 1),
  }));
  return Array.from({ length: hours }, (_, hour) => {
    const sums = { requests: 0, input: 0, output: 0 };
    for (const client of clients) {
      if (client.spells && !client.spells[hour]) continue;
      const rhythm = Math.exp(client.swing * Math.sin((2 * Math.PI * (hour - client.peak)) / 24));
      const day = Math.floor(hour / 24) % 7 >= 5 ? client.weekend : 1;
      const requests = client.size * rhythm * day * (client.noise[hour] ?? 1);
      sums.requests += requests;
      sums.input += requests * (client.input[hour] ?? 0);
      sums.output += requests * (client.output[hour] ?? 0);
    }
    return meansOf(sums);
  });
}

/** Days and weekends, with two workloads of unlike tokens whose mix follows the clock; chance counts whole requests. */
function ofSeason(random: Random, hours: number, weekend: number, perHour: number): Hour[] {
  const [swing, second] = [between(random, 0.2, 1.4), between(random, 0, 0.4)];
  const level = wandering(random, hours, between(random, 0.02, 0.15), perHour);
  const growth = random.next() < 0.3 ? between(random, -0.04, 0.06) : 0;
  const [input, output] = [0, 1].map((i) => {
    const centre = i === 0 ? 900 : 200;
    return [0, 1].map(() => wandering(random, hours, 0.03, centre * Math.exp(0.8 * normal(random))));
  });
  const mixPhase = 24 * random.next();
  return Array.from({ length: hours }, (_, hour) => {
    const turn = (2 * Math.PI * hour) / 24;
    const shape = Math.exp(swing * Math.sin(turn) + second * Math.sin(2 * turn) + (growth * hour) / 24);
    const day = Math.floor(hour / 24) % 7 >= 5 ? weekend : 1;
    const requests = poisson(random, (level[hour] ?? 0) * shape * day);
    const share = 0.5 + 0.4 * Math.sin((2 * Math.PI * (hour - mixPhase)) / 24);
    const mean = (tokens: readonly Float64Array[] | undefined): number => {
      const centre = share * (tokens?.[0]?.[hour] ?? 0) + (1 - share) * (tokens?.[1]?.[hour] ?? 0);
      return centre * Math.exp((0.9 * normal(random)) / Math.sqrt(Math.max(1, requests)));
    };
    return meansOf({ requests, input: requests * mean(input), output: requests * mean(output) });
  });
}

/** Requests and tokens that go each their own way. */
function threeOf(hours: number, one: () => Float64Array): Hour[] {
  const [requests, input, output] = [one(), one(), one()];
  return Array.from({ length: hours }, (_, hour) => ({
    requests: 1e3 * (requests[hour] ?? 0),
    input: 800 * (input[hour] ?? 0),
    output: 150 * (output[hour] ?? 0),
  }));
}

/** Levels that last hours or days, with a return to some of them. */
function regimes(random: Random, hours: number): Float64Array {
  const [stay, noise, swing] = [between(random, 12, 90), between(random, 0.02, 0.15), between(random, 0, 0.4)];
  const levels = Array.from({ length: 4 }, () => 0.6 * normal(random));
  let level = levels[0] ?? 0;
  return Float64Array.from({ length: hours }, (_, hour) => {
    if (random.next() < 1 / stay) level = levels[Math.floor(4 * random.next())] ?? 0;
    return Math.exp(level + swing * Math.sin((2 * Math.PI * hour) / 24) + noise * normal(random));
  });
}

/** Levels that wander on several scales of time at once, from hours to weeks. */
function longMemory(random: Random, hours: number): Float64Array {
  const scales = [4, 24, 120, 600].map((time) => ({ time, size: between(random, 0, 0.4), at: normal(random) }));
  const noise = between(random, 0, 0.08);
  return Float64Array.from({ length: hours }, () => {
    let sum = noise * normal(random);
    for (const scale of scales) {
      const keep = Math.exp(-1 / scale.time);
      scale.at = keep * scale.at + Math.sqrt(1 - keep * keep) * normal(random);
      sum += scale.size * scale.at;
    }
    return Math.exp(sum);
  });
}

/** A steady product with batch jobs, some of them at the same hour of every day. */
function bursts(random: Random, hours: number): Float64Array {
  const [every, size] = [between(random, 8, 60), between(random, 0.5, 2.5)];
  const nightly = random.next() < 0.5 ? Math.floor(24 * random.next()) : -1;
  const base = wandering(random, hours, 0.08, 1);
  let left = 0;
  return base.map((value, hour) => {
    if (hour % 24 === nightly) left = 2;
    else if (random.next() < 1 / every) left = Math.ceil(between(random, 0.1, 6));
    left = Math.max(0, left - 1);
    return value * (left > 0 ? Math.exp(size * (0.7 + 0.3 * random.next())) : 1);
  });
}

/** In some products hours are missing, in some the level steps once. */
function disturbed(hours: Hour[], random: Random): Hour[] {
  const missing = random.next() < 0.15 ? 0.03 : 0;
  const stepAt = random.next() < 0.15 ? Math.floor(hours.length * between(random, 0.3, 0.9)) : hours.length;
  const step = Math.exp(between(random, -0.9, 0.9));
  return hours.map((hour, i) => {
    if (random.next() < missing) return { requests: Number.NaN, input: Number.NaN, output: Number.NaN };
    return i < stepAt
      ? hour
      : { ...hour, requests: Math.round(hour.requests * step), input: hour.input * Math.sqrt(step) };
  });
}

function spellsOf(random: Random, hours: number): readonly boolean[] {
  const [length, duty] = [2 + 40 * random.next() ** 2, between(random, 0.1, 0.9)];
  let on = random.next() < duty;
  return Array.from({ length: hours }, () => {
    if (on) on = random.next() >= 1 / length;
    else on = random.next() < 1 / (1 + (length * (1 - duty)) / duty);
    return on;
  });
}

/** Around `centre`, with errors of which nine tenths stay an hour. */
function wandering(random: Random, hours: number, size: number, centre: number): Float64Array {
  let away = 0;
  return Float64Array.from({ length: hours }, () => {
    away = 0.93 * away + size * normal(random);
    return centre * Math.exp(away);
  });
}

function meansOf({ requests, input, output }: Hour): Hour {
  if (requests <= 0) return { requests: 0, input: Number.NaN, output: Number.NaN };
  return { requests: Math.round(requests), input: input / requests, output: output / requests };
}

function poisson(random: Random, mean: number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  let [count, product] = [0, random.next()];
  for (const end = Math.exp(-mean); product > end; count++) product *= random.next();
  return count;
}

function between(random: Random, low: number, high: number): number {
  return low > 0 && high / low > 20 ? low * (high / low) ** random.next() : low + (high - low) * random.next();
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
