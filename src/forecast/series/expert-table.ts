import { type Expert, experts, pastAt } from './experts.ts';
import type { Seasons } from './series.ts';

/** What every expert said at one origin; those who could not are absent from `known`. */
export interface Sayings {
  readonly origin: number;
  /** By expert, then by step ahead. An expert without enough history repeats the mean of the others. */
  readonly forecasts: readonly Float64Array[];
  readonly known: readonly boolean[];
}

/**
 * Forecasts of every expert at any origin, each computed once. A forecast reads only values before its origin, so what
 * was computed for one fold serves every later one.
 */
export class ExpertTable {
  readonly #values: Float64Array;
  readonly #horizon: number;
  readonly #seasons: Seasons;
  readonly #sayings = new Map<number, Sayings>();
  readonly #experts: readonly Expert[];

  constructor(values: Float64Array, horizon: number, seasons: Seasons, of: readonly Expert[] = experts) {
    this.#values = values;
    this.#horizon = horizon;
    this.#seasons = seasons;
    this.#experts = of;
  }

  get names(): readonly string[] {
    return this.#experts.map(({ name }) => name);
  }

  at(origin: number): Sayings {
    const known = this.#sayings.get(origin);
    if (known) return known;
    const past = pastAt(this.#values, origin, this.#horizon, this.#seasons);
    const said = this.#experts.map((expert) => expert.forecast(past));
    const filler = meanOf(said, this.#horizon);
    const sayings: Sayings = {
      origin,
      forecasts: said.map((forecast) => forecast ?? filler),
      known: said.map((forecast) => forecast !== null),
    };
    this.#sayings.set(origin, sayings);
    return sayings;
  }
}

function meanOf(said: readonly (Float64Array | null)[], horizon: number): Float64Array {
  const present = said.filter((forecast) => forecast !== null);
  const mean = new Float64Array(horizon);
  for (const forecast of present) {
    for (let step = 0; step < horizon; step++) mean[step] = (mean[step] ?? 0) + (forecast[step] ?? 0) / present.length;
  }
  return mean;
}
