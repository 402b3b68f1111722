import type { z } from 'zod';
import { nearest } from '../base/index.ts';
import type { Path } from './source.ts';

type Issue = z.core.$ZodIssue;

/** A finding before it is given its place in the file. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  /** Point at the key, not at its value. */
  readonly atKey?: boolean;
  /** Whether showing the value as written helps. */
  readonly showValue?: boolean;
}

/** Turns what the schema found into sentences: one finding per unknown key, the most likely branch of alternatives. */
export function schemaFindings(issues: readonly Issue[], raw: unknown): Finding[] {
  return issues.flatMap((issue) => findings(issue, issue.path as Path, raw));
}

function findings(issue: Issue, path: Path, raw: unknown): Finding[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], key, issue.message.split(' ')));
    case 'invalid_union':
      return unionFindings(issue, path, raw);
    case 'invalid_key':
      return [
        {
          path,
          message: 'is not a valid name; expected a name of letters, digits, ".", "_", ":" and "-"',
          atKey: true,
        },
      ];
    default:
      return [expectation(path, expected(issue), raw)];
  }
}

function unknownKey(path: Path, key: string, known: readonly string[]): Finding {
  const meant = nearest(key, known);
  const hint = meant === null ? `; expected one of ${known.join(', ')}` : `; did you mean "${meant}"?`;
  return { path, message: `unknown key${hint}`, atKey: true };
}

function expectation(path: Path, what: string, raw: unknown): Finding {
  const value = valueAt(raw, path);
  return value === undefined
    ? { path, message: `is missing; expected ${what}` }
    : { path, message: `expected ${what}`, showValue: true };
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  boolean: 'true or false',
};

function expected(issue: Issue): string {
  switch (issue.code) {
    case 'custom':
      return issue.message;
    case 'invalid_type':
      return typeNames[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'too_small':
      return issue.exact ? `exactly ${issue.minimum} entries` : sizeMessage(issue);
    case 'too_big':
      return issue.exact ? `exactly ${issue.maximum} entries` : `at most ${issue.maximum} entries`;
    default:
      return issue.message;
  }
}

const oneOf = (values: readonly string[]): string =>
  values.length === 1 ? `${values[0]}` : `one of ${values.join(', ')}`;

function sizeMessage(issue: {
  readonly minimum: number | bigint;
  readonly origin: string;
  readonly message: string;
}): string {
  return issue.origin === 'string' ? issue.message : `at least ${issue.minimum} entry`;
}

/** Of several alternatives the one the writer most likely meant: it recognises most of what is there. */
function unionFindings(issue: Issue & { readonly code: 'invalid_union' }, path: Path, raw: unknown): Finding[] {
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const inside = branches.filter((branch) => !branch.some(refusesWhole));
  const best = [...inside].sort((a, b) => unknownCount(a) - unknownCount(b) || a.length - b.length)[0];
  if (best) return best.flatMap((inner) => findings(inner, [...path, ...(inner.path as Path)], raw));
  const whole = branches.flatMap((branch) => branch.filter(refusesWhole).flatMap(alternatives));
  // A field that read the value and says what is wrong with it is worth more than "or a mapping".
  const said = whole.filter((inner) => inner.code === 'custom');
  const sentences = (said.length > 0 ? said : whole).map(expected);
  return [expectation(path, [...new Set(sentences)].join(', or '), raw)];
}

function alternatives(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  return issue.errors.flatMap((branch) => branch.filter(refusesWhole).flatMap(alternatives));
}

const refusesWhole = (issue: Issue): boolean => issue.path.length === 0 && issue.code !== 'unrecognized_keys';

/** A key that is nearly a known one weighs half of one that is nothing like it. */
function unknownCount(branch: readonly Issue[]): number {
  let count = 0;
  for (const issue of branch) {
    if (issue.code !== 'unrecognized_keys') continue;
    const known = issue.message.split(' ');
    for (const key of issue.keys) count += nearest(key, known) === null ? 1 : 0.5;
  }
  return count;
}

/** The value at `path` of plain data, or undefined. */
export function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined;
  }
  return value;
}
