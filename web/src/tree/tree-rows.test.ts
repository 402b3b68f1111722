import { describe, expect, test } from 'vitest';
import type { CostNode } from '../api/schema.ts';
import { moveInTree, type StageCalls, type TreeRow, treeRows } from './tree-rows.ts';

function node(
  kind: CostNode['kind'],
  name: string,
  totalUsd: string,
  calls: number,
  children: CostNode[] = [],
): CostNode {
  const counts = { runs: 1, interactions: 1, calls, attempts: calls, unknownPriceAttempts: 0, estimatedAttempts: 0 };
  const lines: CostNode['lines'] = [
    { line: 'inference', bucket: 'input', unit: 'tokens', quantity: 30, costUsd: '0' },
    { line: 'retries', bucket: 'cacheRead', unit: 'tokens', quantity: 12, costUsd: '0' },
    { line: 'inference', bucket: 'output', unit: 'tokens', quantity: 5, costUsd: totalUsd },
  ];
  return { kind, name, totalUsd, ownLines: [], lines, counts, children };
}

const attempts = [node('attempt', 'att_1', '0.5', 1), node('attempt', 'att_2', '0.5', 1)];
const call = node('call', 'call_1', '1', 1, attempts);
const tree = node('workflow', 'support', '4', 9, [node('stage', 'classify', '1', 2), node('stage', 'answer', '3', 7)]);
const known: StageCalls = { state: 'ready', calls: [call] };

const rowsWith = (open: string[], calls?: StageCalls) =>
  treeRows(tree, new Set(open), (stage) => (stage === 'answer' ? calls : undefined));
const ids = (rows: readonly TreeRow[]) => rows.map((row) => row.id);

describe('rows of the cost tree', () => {
  test('stages come dearest first, with their share and tokens', () => {
    const rows = rowsWith([]);
    expect(ids(rows)).toEqual(['workflow', 'stage:answer', 'stage:classify']);
    expect(rows[1]).toMatchObject({
      level: 2,
      share: 0.75,
      inputTokens: 42,
      outputTokens: 5,
      position: 1,
      siblings: 2,
    });
  });

  test('an opened stage lists its calls and says how many are left; an opened call its attempts', () => {
    expect(ids(rowsWith(['stage:answer'], known))).toEqual([
      'workflow',
      'stage:answer',
      'call:call_1',
      'more:answer',
      'stage:classify',
    ]);
    const rows = rowsWith(['stage:answer', 'call:call_1'], known);
    expect(ids(rows).slice(2, 5)).toEqual(['call:call_1', 'attempt:att_1', 'attempt:att_2']);
    expect(rows.find((row) => row.type === 'more')).toMatchObject({ rest: 6 });
  });

  test.each<[string, StageCalls | undefined, string]>([
    ['not asked for', undefined, 'waiting:answer'],
    ['on their way', { state: 'waiting', calls: [] }, 'waiting:answer'],
    ['not to be had', { state: 'failed', calls: [] }, 'failed:answer'],
    ['none', { state: 'ready', calls: [] }, 'nothing:answer'],
  ])('calls that are %s have a row that says so', (_, calls, id) => {
    expect(ids(rowsWith(['stage:answer'], calls))).toContain(id);
  });
});

describe('keys', () => {
  const closed = rowsWith([]);
  const opened = rowsWith(['stage:answer', 'call:call_1'], known);

  test.each([
    ['down', closed, 'workflow', 'ArrowDown', { type: 'focus', id: 'stage:answer' }],
    ['up at the top', closed, 'workflow', 'ArrowUp', null],
    ['right on a closed stage', closed, 'stage:answer', 'ArrowRight', { type: 'toggle', id: 'stage:answer' }],
    ['right on an open stage', opened, 'stage:answer', 'ArrowRight', { type: 'focus', id: 'call:call_1' }],
    ['right on a leaf', opened, 'attempt:att_1', 'ArrowRight', null],
    ['left on a leaf', opened, 'attempt:att_1', 'ArrowLeft', { type: 'focus', id: 'call:call_1' }],
    ['left on an open call', opened, 'call:call_1', 'ArrowLeft', { type: 'toggle', id: 'call:call_1' }],
    ['left on a closed stage', closed, 'stage:answer', 'ArrowLeft', { type: 'focus', id: 'workflow' }],
    ['left at the root', closed, 'workflow', 'ArrowLeft', null],
    ['home', opened, 'stage:classify', 'Home', { type: 'focus', id: 'workflow' }],
    ['end', opened, 'workflow', 'End', { type: 'focus', id: 'stage:classify' }],
    ['a row that is gone', closed, 'call:gone', 'ArrowDown', null],
  ] as const)('%s', (_, rows, from, key, move) => {
    expect(moveInTree(rows, from, key)).toEqual(move);
  });
});
