import type { MatchLogic } from '@pydantic/genai-prices';

/** Finds the first of an ordered list of rules that a name matches. */
export interface ModelMatcher {
  /** @returns the position of the first matching rule, or -1. `name` is lower case. */
  firstMatch(name: string): number;
}

/** Compiles match clauses once: plain equality becomes one map look-up, everything else a short list of tests. */
export function compileMatcher(rules: readonly MatchLogic[]): ModelMatcher {
  const exact = new Map<string, number>();
  const tests: { readonly index: number; readonly test: (name: string) => boolean }[] = [];
  rules.forEach((rule, index) => {
    const rest = alternativesOf(rule).filter((clause) => {
      if (!('equals' in clause)) return true;
      const name = clause.equals.toLowerCase();
      if (!exact.has(name)) exact.set(name, index);
      return false;
    });
    for (const clause of rest) tests.push({ index, test: compileClause(clause) });
  });
  return {
    firstMatch(name) {
      const bound = exact.get(name) ?? Number.POSITIVE_INFINITY;
      const found = tests.find((rule) => rule.index >= bound || rule.test(name));
      const index = Math.min(bound, found?.index ?? Number.POSITIVE_INFINITY);
      return Number.isFinite(index) ? index : -1;
    },
  };
}

function alternativesOf(rule: MatchLogic): readonly MatchLogic[] {
  return 'or' in rule ? rule.or.flatMap(alternativesOf) : [rule];
}

function compileClause(clause: MatchLogic): (name: string) => boolean {
  if ('or' in clause) return anyOf(clause.or.map(compileClause));
  if ('and' in clause) return allOf(clause.and.map(compileClause));
  if ('equals' in clause) return equalTo(clause.equals.toLowerCase());
  if ('starts_with' in clause) return startingWith(clause.starts_with.toLowerCase());
  if ('ends_with' in clause) return endingWith(clause.ends_with.toLowerCase());
  if ('contains' in clause) return containing(clause.contains.toLowerCase());
  const pattern = new RegExp(clause.regex);
  return (name) => pattern.test(name);
}

type Test = (name: string) => boolean;
const anyOf =
  (tests: readonly Test[]): Test =>
  (name) =>
    tests.some((test) => test(name));
const allOf =
  (tests: readonly Test[]): Test =>
  (name) =>
    tests.every((test) => test(name));
const equalTo =
  (text: string): Test =>
  (name) =>
    name === text;
const startingWith =
  (text: string): Test =>
  (name) =>
    name.startsWith(text);
const endingWith =
  (text: string): Test =>
  (name) =>
    name.endsWith(text);
const containing =
  (text: string): Test =>
  (name) =>
    name.includes(text);
