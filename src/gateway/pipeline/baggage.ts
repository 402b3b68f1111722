import { BurnrateError } from '../../base/index.ts';
import { limits } from '../limits.ts';

const ownPrefix = 'burnrate.';

/** What a W3C baggage header holds: our members decoded, everybody else's as they came. */
export interface BaggageReading {
  /** Name after `burnrate.`, lower case, to its value. */
  readonly own: ReadonlyMap<string, string>;
  /** The header without our members; empty when none are left. */
  readonly foreign: string;
}

const none: BaggageReading = { own: new Map(), foreign: '' };
/** The characters of a baggage value (W3C Baggage, section 3.3.1.3): printable ASCII without `"`, `,`, `;` and `\`. */
const valuePattern = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/**
 * Reads `burnrate.<name>=<percent-encoded value>` members. Malformed members of others are left alone and travel on.
 * @throws BurnrateError bad_request for a malformed member of ours or a header beyond its bound
 */
export function readBaggage(header: string | undefined): BaggageReading {
  if (header === undefined) return none;
  const own = new Map<string, string>();
  const foreign: string[] = [];
  for (const member of header.split(',')) {
    const trimmed = member.trim();
    if (trimmed.toLowerCase().startsWith(ownPrefix)) readOwn(trimmed, own);
    else if (trimmed !== '') foreign.push(member);
  }
  if (own.size > 0 && header.length > limits.baggageBytesMax) throw malformed('is too long');
  return own.size === 0 ? { own, foreign: header } : { own, foreign: foreign.join(',').trim() };
}

function readOwn(member: string, own: Map<string, string>): void {
  const [pair = ''] = member.split(';', 1);
  const equals = pair.indexOf('=');
  if (equals === -1) throw malformed(`has no value in "${member.slice(0, 60)}"`);
  const name = pair.slice(ownPrefix.length, equals).trim().toLowerCase();
  own.set(name, decode(pair.slice(equals + 1).trim(), name));
}

function decode(value: string, name: string): string {
  if (!valuePattern.test(value)) throw malformed(`has a character in "burnrate.${name}" that must be percent-encoded`);
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    throw malformed(`has a broken percent encoding in "burnrate.${name}"`, cause);
  }
}

function malformed(what: string, cause?: unknown): BurnrateError {
  return new BurnrateError('bad_request', { message: `The baggage header ${what}.`, cause });
}
