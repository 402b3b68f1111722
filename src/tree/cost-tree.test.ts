import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromPicos, sumUsd } from '../money/index.ts';
import { foldTree } from './cost-tree.ts';
import {
  type CostNode,
  type DiffNode,
  diffTrees,
  inputTokensOf,
  type LineTotal,
  linesOf,
  noCounts,
  outputTokensOf,
  totalOf,
  unitOf,
} from './index.ts';

const line: fc.Arbitrary<LineTotal> = fc.record({
  line: fc.constantFrom('inference' as const, 'retries' as const, 'human' as const),
  bucket: fc.constantFrom('input' as const, 'output' as const, 'minutes' as const),
  unit: fc.constant('tokens' as const),
  quantity: fc.nat(1_000_000),
  cost: fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }).map(fromPicos),
});

const node = fc.letrec<{ node: CostNode }>((tie) => ({
  node: fc.record({
    kind: fc.constantFrom('workflow' as const, 'stage' as const, 'call' as const),
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    lines: fc.array(line, { maxLength: 4 }),
    counts: fc.constant(noCounts),
    children: fc
      .oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('node'), { maxLength: 3 }))
      .map((children) => uniqueByName(children)),
  }),
})).node;

function uniqueByName(children: readonly CostNode[]): CostNode[] {
  return [...new Map(children.map((child) => [`${child.kind}|${child.name}`, child])).values()];
}

function everyDiff(diff: DiffNode, holds: (diff: DiffNode) => boolean): boolean {
  return holds(diff) && diff.children.every((child) => everyDiff(child, holds));
}

describe('cost tree', () => {
  test('the total is the sum of every line below', () => {
    fc.assert(fc.property(node, (tree) => sumUsd(linesOf(tree).map((l) => l.cost)).picos === totalOf(tree).picos));
  });

  test('fold visits every node once', () => {
    const count = (tree: CostNode): number => 1 + tree.children.reduce((sum, child) => sum + count(child), 0);
    fc.assert(
      fc.property(
        node,
        (tree) => foldTree<number>(tree, (_, sums) => 1 + sums.reduce((a, b) => a + b, 0)) === count(tree),
      ),
    );
  });

  test('base + difference = other, on every node and every line', () => {
    fc.assert(
      fc.property(node, node, (base, other) =>
        everyDiff(diffTrees(base, other), (diff) => {
          const nodeHolds = diff.base.picos + diff.difference.picos === diff.other.picos;
          const linesHold = diff.lines.every(
            (l) => (l.base?.cost.picos ?? 0n) + l.difference.picos === (l.other?.cost.picos ?? 0n),
          );
          return nodeHolds && linesHold;
        }),
      ),
    );
  });

  test('the differences of the children and the own lines sum to the difference of the node', () => {
    fc.assert(
      fc.property(node, node, (base, other) =>
        everyDiff(diffTrees(base, other), (diff) => {
          const parts = [...diff.children.map((c) => c.difference), ...diff.lines.map((l) => l.difference)];
          return sumUsd(parts).picos === diff.difference.picos;
        }),
      ),
    );
  });

  test('a tree has no difference to itself, and a missing side counts as nothing', () => {
    fc.assert(
      fc.property(node, (tree) => {
        const same = everyDiff(
          diffTrees(tree, tree),
          (diff) => diff.difference.picos === 0n && diff.presence === 'both',
        );
        const alone = diffTrees(null, tree);
        return same && alone.presence === 'other' && alone.difference.picos === totalOf(tree).picos;
      }),
    );
  });
});

describe('usage', () => {
  test('input and output are sums of disjoint buckets', () => {
    const usage = { input: 10, cacheRead: 5, cacheWrite1h: 2, output: 7, reasoning: 3, call: 1, image: 4 };
    expect([inputTokensOf(usage), outputTokensOf(usage)]).toEqual([17, 10]);
  });

  test.each([
    ['input', 'tokens'],
    ['toolCall', 'calls'],
    ['image', 'images'],
  ] as const)('%s is counted in %s', (bucket, unit) => {
    expect(unitOf(bucket)).toBe(unit);
  });
});
