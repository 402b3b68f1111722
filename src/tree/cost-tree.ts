import { addUsd, subtractUsd, type Usd, zeroUsd } from '../money/index.ts';
import type { CostLine } from './words.ts';

export type NodeKind = 'workflow' | 'stage' | 'call' | 'attempt';

/** What a cost line is merged by when lines of many attempts are added up. */
export interface LineTotal {
  readonly line: CostLine['line'];
  readonly bucket: CostLine['bucket'];
  readonly unit: CostLine['unit'];
  readonly quantity: number;
  readonly cost: Usd;
}

/** Counts that add up from children to parents. */
export interface NodeCounts {
  readonly runs: number;
  readonly interactions: number;
  readonly calls: number;
  readonly attempts: number;
  /** Attempts whose price is unknown; their cost is missing from every total above them. */
  readonly unknownPriceAttempts: number;
  /** Attempts whose usage is an estimate. */
  readonly estimatedAttempts: number;
}

/** A node of the cost tree: what it costs itself, and what stands below it. Forecast and ledger fill the same shape. */
export interface CostNode {
  readonly kind: NodeKind;
  /** Unique among its siblings: workflow or stage name, call or attempt id. */
  readonly name: string;
  /** Lines of this node alone, not of its children. */
  readonly lines: readonly LineTotal[];
  /** Counts of the whole subtree. */
  readonly counts: NodeCounts;
  readonly children: readonly CostNode[];
}

export const noCounts: NodeCounts = {
  runs: 0,
  interactions: 0,
  calls: 0,
  attempts: 0,
  unknownPriceAttempts: 0,
  estimatedAttempts: 0,
};

/** Visits children before parents and combines what they gave. */
export function foldTree<T>(node: CostNode, combine: (node: CostNode, children: readonly T[]) => T): T {
  return combine(
    node,
    node.children.map((child) => foldTree(child, combine)),
  );
}

/** Cost of the node and everything below it. */
export function totalOf(node: CostNode): Usd {
  return foldTree<Usd>(node, (own, children) => children.reduce(addUsd, sumLines(own.lines)));
}

/** Every line of the subtree, merged by line, bucket and unit; their costs sum to `totalOf(node)`. */
export function linesOf(node: CostNode): LineTotal[] {
  return foldTree<LineTotal[]>(node, (own, children) => mergeLines([own.lines, ...children]));
}

function sumLines(lines: readonly LineTotal[]): Usd {
  return lines.reduce((sum, line) => addUsd(sum, line.cost), zeroUsd);
}

const lineKey = (line: LineTotal) => `${line.line}|${line.bucket}|${line.unit}`;

/** Adds up lines that share line, bucket and unit; the order of first appearance is kept. */
export function mergeLines(groups: readonly (readonly LineTotal[])[]): LineTotal[] {
  const merged = new Map<string, LineTotal>();
  for (const line of groups.flat()) {
    const known = merged.get(lineKey(line));
    merged.set(lineKey(line), known ? addLines(known, line) : line);
  }
  return [...merged.values()];
}

function addLines(a: LineTotal, b: LineTotal): LineTotal {
  return { ...a, quantity: a.quantity + b.quantity, cost: addUsd(a.cost, b.cost) };
}

/** Two trees laid over each other: `base + difference = other` on every node and line. */
export interface DiffNode {
  readonly kind: NodeKind;
  readonly name: string;
  readonly presence: 'both' | 'base' | 'other';
  readonly base: Usd;
  readonly other: Usd;
  readonly difference: Usd;
  readonly lines: readonly {
    readonly base: LineTotal | null;
    readonly other: LineTotal | null;
    readonly difference: Usd;
  }[];
  readonly children: readonly DiffNode[];
}

/** Compares two trees node by node, matching siblings by kind and name. At least one side must be given. */
export function diffTrees(base: CostNode | null, other: CostNode | null): DiffNode {
  const named = (base ?? other) as CostNode;
  const baseTotal = base ? totalOf(base) : zeroUsd;
  const otherTotal = other ? totalOf(other) : zeroUsd;
  return {
    kind: named.kind,
    name: named.name,
    presence: base && other ? 'both' : base ? 'base' : 'other',
    base: baseTotal,
    other: otherTotal,
    difference: subtractUsd(otherTotal, baseTotal),
    lines: diffLines(base?.lines ?? [], other?.lines ?? []),
    children: pairs(base?.children ?? [], other?.children ?? [], (n) => `${n.kind}|${n.name}`).map(([a, b]) =>
      diffTrees(a, b),
    ),
  };
}

function diffLines(base: readonly LineTotal[], other: readonly LineTotal[]): DiffNode['lines'] {
  return pairs(mergeLines([base]), mergeLines([other]), lineKey).map(([a, b]) => ({
    base: a,
    other: b,
    difference: subtractUsd(b?.cost ?? zeroUsd, a?.cost ?? zeroUsd),
  }));
}

/** Matches two lists by key: the first list's order, then what only the second has. */
function pairs<T>(a: readonly T[], b: readonly T[], key: (item: T) => string): [T | null, T | null][] {
  const rest = new Map(b.map((item) => [key(item), item]));
  const matched = a.map((item): [T | null, T | null] => {
    const match = rest.get(key(item)) ?? null;
    rest.delete(key(item));
    return [item, match];
  });
  return [...matched, ...[...rest.values()].map((item): [T | null, T | null] => [null, item])];
}
