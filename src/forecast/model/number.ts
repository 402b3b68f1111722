import type { Quantity, UsdQuantity } from '../../config/index.ts';
import { toApproximateNumber } from '../../money/index.ts';
import { constant, type Distribution, fromQuantiles, fromRange, meanOf, spreadOf } from '../distribution.ts';

/** A number of the model: one value for ever, or a column of draws, one per trial. */
export interface Num {
  readonly constant: number;
  /** Index among the parameters; -1 when it is constant. */
  readonly column: number;
  /** Squared coefficient of variation from one call (or session) to the next. */
  readonly spread: number;
}

/** Something the forecast is unsure about: drawn once per trial. */
export interface Parameter {
  /** Dotted path in burnrate.yaml. */
  readonly id: string;
  readonly distribution: Distribution;
  readonly low: number;
  readonly high: number;
}

/** Something of the file that the forecast cannot work with. */
export interface ModelProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** Gives what the ledger measured for a path of the file, or null when it has too little. */
export type Measured = (path: readonly string[]) => Quantity | null;

export interface NumberRules {
  /** Counted per call, session or case: measured quantiles then say how these differ, not what is unknown. */
  readonly each?: boolean;
  readonly low?: number;
  readonly high?: number;
}

const share: NumberRules = { low: 0, high: 1 };

/** The columns of parameters, the problems and the assumptions that building a model gathers. */
export class ModelBuilder {
  readonly parameters: Parameter[] = [];
  readonly problems: ModelProblem[] = [];
  readonly assumptions = new Set<string>();
  readonly #measured: Measured;
  readonly #known = new Map<string, Num>();

  constructor(measured: Measured) {
    this.#measured = measured;
  }

  problem(path: readonly string[], message: string): void {
    this.problems.push({ path, message });
  }

  number(quantity: Quantity | undefined, path: readonly string[], absent: number, rules: NumberRules = {}): Num {
    if (quantity === undefined) return fixed(absent);
    if (quantity.kind !== 'measured') return this.#add(toDistribution(quantity), path, rules);
    const found = this.#measured(path);
    if (found && found.kind !== 'measured') return this.#add(toDistribution(found), path, rules);
    this.problem(
      path,
      'is `measured` and nothing was measured; run `burnrate calibrate`, or state a value or a range here',
    );
    return fixed(absent);
  }

  share(quantity: Quantity | undefined, path: readonly string[], absent: number): Num {
    return this.number(quantity, path, absent, share);
  }

  money(quantity: UsdQuantity | undefined, path: readonly string[], absent = 0): Num {
    return this.number(quantity && inDollars(quantity), path, absent, { each: true });
  }

  /** One number of the file is one unknown, however many stages read it. */
  #add(distribution: Distribution, path: readonly string[], rules: NumberRules): Num {
    const id = path.join('.');
    const known = this.#known.get(id);
    if (known) return known;
    const num = this.#make(id, distribution, rules);
    this.#known.set(id, num);
    return num;
  }

  #make(id: string, distribution: Distribution, { each, low = 0, high = Number.POSITIVE_INFINITY }: NumberRules): Num {
    const mean = Math.min(high, Math.max(low, meanOf(distribution)));
    const spread = each ? spreadOf(distribution) : 0;
    const settled = distribution.kind === 'constant' || (distribution.kind === 'quantiles' && each === true);
    if (settled) return { constant: mean, column: -1, spread };
    this.parameters.push({ id, distribution, low, high });
    return { constant: mean, column: this.parameters.length - 1, spread };
  }
}

export const fixed = (value: number): Num => ({ constant: value, column: -1, spread: 0 });
export const zero = fixed(0);
export const one = fixed(1);

function toDistribution(quantity: Exclude<Quantity, { kind: 'measured' }>): Distribution {
  if (quantity.kind === 'value') return constant(quantity.value);
  if (quantity.kind === 'range') return fromRange(quantity.low, quantity.high);
  return fromQuantiles(quantity.p50, quantity.p90, quantity.p99);
}

/** The mean of a number of burnrate.yaml as the forecast reads it; null for `measured`, which the caller must measure. */
export function meanOfQuantity(quantity: Quantity): number | null {
  return quantity.kind === 'measured' ? null : meanOf(toDistribution(quantity));
}

function inDollars(quantity: UsdQuantity): Quantity {
  const dollars = toApproximateNumber;
  switch (quantity.kind) {
    case 'measured':
      return quantity;
    case 'value':
      return { kind: 'value', value: dollars(quantity.value) };
    case 'range':
      return { kind: 'range', low: dollars(quantity.low), high: dollars(quantity.high), shape: quantity.shape };
    case 'quantiles': {
      const { p50, p90, p99 } = quantity;
      return {
        kind: 'quantiles',
        p50: dollars(p50),
        ...(p90 === undefined ? {} : { p90: dollars(p90) }),
        ...(p99 === undefined ? {} : { p99: dollars(p99) }),
      };
    }
  }
}

/** Draws by parameter: `columns[parameter][trial]`. */
export type Columns = readonly Float64Array[];

/** The value of a number in one trial. */
export function read(num: Num, columns: Columns, trial: number): number {
  // A negative index into an array is looked up as a name, which is slow: constants never get that far.
  return num.column < 0 ? num.constant : ((columns[num.column] as Float64Array)[trial] as number);
}
