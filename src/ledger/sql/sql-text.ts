/** A value bound to a statement. Texts of a list are bound as one parameter. */
export type SqlValue = string | number | bigint | boolean | null | readonly string[];

/** A row as an engine gives it: integers of any size as bigint, lists as arrays. */
export type SqlRow = Readonly<Record<string, unknown>>;

export interface Statement {
  readonly text: string;
  readonly parameters: readonly SqlValue[];
}

/**
 * Collects a statement's parameters while its text is written. A value reaches the text only as a placeholder; equal
 * values share one, which also keeps an expression the same wherever it is repeated (`GROUP BY` compares them). Whole
 * numbers are written as they are: an engine that knows the times a question is of plans and answers it sooner.
 */
export class Parameters {
  readonly #values: SqlValue[] = [];
  readonly #placeholder: (index: number, value: SqlValue) => string;

  /** `placeholder` writes the engine's form of the parameter at `index`, from 1. */
  constructor(placeholder: (index: number, value: SqlValue) => string) {
    this.#placeholder = placeholder;
  }

  bind(value: SqlValue): string {
    if (Number.isSafeInteger(value)) return `(${String(value)})`;
    const known = Array.isArray(value) ? -1 : this.#values.indexOf(value);
    const index = known === -1 ? this.#values.push(value) : known + 1;
    return this.#placeholder(index, value);
  }

  statement(text: string): Statement {
    return { text, parameters: [...this.#values] };
  }
}

/** @throws TypeError when the engine gave something that is no integer */
export function toBigInt(value: unknown): bigint {
  if (value === null || value === undefined) return 0n;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' || typeof value === 'string') return BigInt(value);
  throw new TypeError(`not an integer: ${String(value)}`);
}

export function toNumber(value: unknown): number {
  return value === null || value === undefined ? 0 : Number(value);
}

export function toText(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

/** A clause with its parts, or nothing where there are none. */
export function clause(keyword: string, parts: readonly string[], separator = ', '): string {
  return parts.length > 0 ? `${keyword} ${parts.join(separator)}` : '';
}
