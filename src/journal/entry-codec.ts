import type { Attempt, CostLine, HoldEntry } from '../tree/index.ts';
import { type PackedHold, packHold, unpackHold } from './hold-codec.ts';
import type { AttemptStart } from './journal.ts';

/**
 * Version of the chunk body written by this program. Readers take every version up to it; within a version, fields
 * may be added and kinds they do not know are passed over, so that newer files stay readable after a downgrade.
 */
export const entryFormat = 1;

export type Entry =
  | { readonly kind: 'start'; readonly attempt: AttemptStart; readonly hold: HoldEntry | null }
  | { readonly kind: 'end'; readonly attempt: Attempt; readonly hold: HoldEntry | null }
  /** A change of a hold between begin and end of its attempt, or a checkpoint. */
  | { readonly kind: 'money'; readonly hold: HoldEntry }
  /** Written last, at an orderly end, and fsynced: nothing is missing before it. */
  | { readonly kind: 'closed' };

type PackedLine = readonly [CostLine['line'], CostLine['bucket'], number, CostLine['unit'], string, string];
interface PackedMoney {
  readonly cost: string | null;
  readonly lines: readonly PackedLine[];
}
interface PackedEntry {
  readonly k: string;
  readonly a: Omit<Attempt, 'cost' | 'lines'> & PackedMoney;
  readonly h?: PackedHold;
}

/** One line of JSON without line breaks; money as decimal strings of picodollars. */
export function encodeEntry(kind: 'start' | 'end', attempt: AttemptStart, hold: HoldEntry | null = null): string {
  const cost = attempt.cost === null ? null : attempt.cost.picos.toString();
  const packed = { k: kind, a: { ...attempt, cost, lines: attempt.lines.map(packLine) } };
  return JSON.stringify(hold === null ? packed : { ...packed, h: packHold(hold) });
}

export function encodeMoney(hold: HoldEntry): string {
  return JSON.stringify({ k: 'money', h: packHold(hold) });
}

export const closedText = JSON.stringify({ k: 'closed' });

/**
 * @returns null for a kind this version does not know
 * @throws SyntaxError or TypeError when the text is damaged
 */
export function decodeEntry(text: string): Entry | null {
  const packed = JSON.parse(text) as PackedEntry;
  const hold = packed.h === undefined ? null : unpackHold(packed.h);
  if (packed.k === 'closed') return { kind: 'closed' };
  if (packed.k === 'money' && hold !== null) return { kind: 'money', hold };
  if (packed.k !== 'start' && packed.k !== 'end') return null;
  const cost = packed.a.cost === null ? null : { picos: BigInt(packed.a.cost) };
  return { kind: packed.k, attempt: { ...packed.a, cost, lines: packed.a.lines.map(unpackLine) }, hold };
}

function packLine(line: CostLine): PackedLine {
  return [line.line, line.bucket, line.quantity, line.unit, line.rate.toString(), line.cost.picos.toString()];
}

function unpackLine([line, bucket, quantity, unit, rate, cost]: PackedLine): CostLine {
  return { line, bucket, quantity, unit, rate: BigInt(rate), cost: { picos: BigInt(cost) } };
}
