import type { Attempt, CostLine } from '../tree/index.ts';
import type { AttemptStart } from './journal.ts';

/**
 * Version of the chunk body written by this program. Readers take every version up to it; within a version, fields
 * may be added and kinds they do not know are passed over, so that newer files stay readable after a downgrade.
 */
export const entryFormat = 1;

export type Entry =
  | { readonly kind: 'start'; readonly attempt: AttemptStart }
  | { readonly kind: 'end'; readonly attempt: Attempt };

type PackedLine = readonly [CostLine['line'], CostLine['bucket'], number, CostLine['unit'], string, string];
interface PackedMoney {
  readonly cost: string | null;
  readonly lines: readonly PackedLine[];
}
interface PackedEntry {
  readonly k: string;
  readonly a: Omit<Attempt, 'cost' | 'lines'> & PackedMoney;
}

/** One line of JSON without line breaks; money as decimal strings of picodollars. */
export function encodeEntry(kind: Entry['kind'], attempt: AttemptStart): string {
  const cost = attempt.cost === null ? null : attempt.cost.picos.toString();
  return JSON.stringify({ k: kind, a: { ...attempt, cost, lines: attempt.lines.map(packLine) } });
}

/**
 * @returns null for a kind this version does not know
 * @throws SyntaxError or TypeError when the text is damaged
 */
export function decodeEntry(text: string): Entry | null {
  const packed = JSON.parse(text) as PackedEntry;
  if (packed.k !== 'start' && packed.k !== 'end') return null;
  const cost = packed.a.cost === null ? null : { picos: BigInt(packed.a.cost) };
  return { kind: packed.k, attempt: { ...packed.a, cost, lines: packed.a.lines.map(unpackLine) } };
}

function packLine(line: CostLine): PackedLine {
  return [line.line, line.bucket, line.quantity, line.unit, line.rate.toString(), line.cost.picos.toString()];
}

function unpackLine([line, bucket, quantity, unit, rate, cost]: PackedLine): CostLine {
  return { line, bucket, quantity, unit, rate: BigInt(rate), cost: { picos: BigInt(cost) } };
}
