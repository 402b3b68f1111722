import { compareUsd, usd } from '../../../src/money/index.ts';
import { inputBuckets, outputBuckets } from '../../../src/tree/index.ts';
import type { CostNode } from '../api/schema.ts';
import { shareOf } from '../format/money.ts';

export interface NodeRow {
  readonly type: 'node';
  /** Unique on the page; says where in the tree the row stands. */
  readonly id: string;
  readonly parentId: string | null;
  /** From 1, as `aria-level` counts. */
  readonly level: number;
  readonly kind: CostNode['kind'];
  readonly name: string;
  readonly node: CostNode;
  /** Null for a leaf. */
  readonly expanded: boolean | null;
  /** Of the workflow's cost, between 0 and 1. */
  readonly share: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly position: number;
  readonly siblings: number;
}

/** A row that stands for what is not there (yet): older calls, or calls still on their way. */
export interface SpecialRow {
  readonly type: 'more' | 'waiting' | 'failed' | 'nothing';
  readonly id: string;
  readonly parentId: string;
  readonly level: number;
  readonly stage: string;
  /** Calls of the stage not listed. */
  readonly rest: number;
}

export type TreeRow = NodeRow | SpecialRow;

/** The calls of an opened stage as far as they are known. */
export interface StageCalls {
  readonly state: 'waiting' | 'failed' | 'ready';
  readonly calls: readonly CostNode[];
}

/** The rows in view, top to bottom. Stages and calls whose id is in `open` show what is below them. */
export function treeRows(
  tree: CostNode,
  open: ReadonlySet<string>,
  callsOf: (stage: string) => StageCalls | undefined,
): TreeRow[] {
  const root = nodeRow(tree, { id: 'workflow', parentId: null, level: 1, expanded: true, total: tree.totalUsd });
  const rows: TreeRow[] = [root];
  byCost(tree.children).forEach((stage, index) => {
    const id = `stage:${stage.name}`;
    const place = { id, parentId: root.id, level: 2, total: tree.totalUsd, index, siblings: tree.children.length };
    const expanded = open.has(id);
    rows.push(nodeRow(stage, { ...place, expanded }));
    if (expanded) rows.push(...stageRows(stage, id, tree.totalUsd, open, callsOf(stage.name)));
  });
  return rows;
}

/** The dearest first; equal ones by name. */
function byCost(nodes: readonly CostNode[]): readonly CostNode[] {
  return nodes.toSorted((a, b) => compareUsd(usd(b.totalUsd), usd(a.totalUsd)) || a.name.localeCompare(b.name));
}

function stageRows(
  stage: CostNode,
  stageId: string,
  total: string,
  open: ReadonlySet<string>,
  known: StageCalls | undefined,
): TreeRow[] {
  const calls = known?.calls ?? [];
  const special = (type: SpecialRow['type'], rest: number): SpecialRow => ({
    type,
    id: `${type}:${stage.name}`,
    parentId: stageId,
    level: 3,
    stage: stage.name,
    rest,
  });
  const rows = calls.flatMap((call, index) => callRows(call, stageId, total, open, index, calls.length));
  if (known === undefined || known.state === 'waiting') return [...rows, special('waiting', 0)];
  if (known.state === 'failed') return [...rows, special('failed', 0)];
  const rest = stage.counts.calls - calls.length;
  if (rest > 0 && calls.length > 0) return [...rows, special('more', rest)];
  return calls.length === 0 ? [special('nothing', 0)] : rows;
}

function callRows(
  call: CostNode,
  parentId: string,
  total: string,
  open: ReadonlySet<string>,
  index: number,
  siblings: number,
): TreeRow[] {
  const id = `call:${call.name}`;
  const leaf = call.children.length === 0;
  const expanded = leaf ? null : open.has(id);
  const row = nodeRow(call, { id, parentId, level: 3, expanded, total, index, siblings });
  if (expanded !== true) return [row];
  const attempts = call.children.map((attempt, position) =>
    nodeRow(attempt, {
      id: `attempt:${attempt.name}`,
      parentId: id,
      level: 4,
      expanded: null,
      total,
      index: position,
      siblings: call.children.length,
    }),
  );
  return [row, ...attempts];
}

interface Place {
  readonly id: string;
  readonly parentId: string | null;
  readonly level: number;
  readonly expanded: boolean | null;
  readonly total: string;
  readonly index?: number;
  readonly siblings?: number;
}

function nodeRow(node: CostNode, place: Place): NodeRow {
  return {
    type: 'node',
    id: place.id,
    parentId: place.parentId,
    level: place.level,
    kind: node.kind,
    name: node.name,
    node,
    expanded: place.expanded,
    share: shareOf(node.totalUsd, place.total),
    inputTokens: tokensOf(node, inputBuckets),
    outputTokens: tokensOf(node, outputBuckets),
    position: (place.index ?? 0) + 1,
    siblings: place.siblings ?? 1,
  };
}

function tokensOf(node: CostNode, names: readonly string[]): number {
  return node.lines
    .filter((line) => line.unit === 'tokens' && names.includes(line.bucket))
    .reduce((sum, line) => sum + line.quantity, 0);
}

export type TreeKey = 'ArrowDown' | 'ArrowUp' | 'ArrowRight' | 'ArrowLeft' | 'Home' | 'End';

/** What a key does in a tree of rows: move the focus, open or close. Null when nothing happens. */
export type TreeMove =
  | { readonly type: 'focus'; readonly id: string }
  | { readonly type: 'toggle'; readonly id: string }
  | null;

/** The treegrid keys of the ARIA Authoring Practices. */
export function moveInTree(rows: readonly TreeRow[], currentId: string, key: TreeKey): TreeMove {
  const index = rows.findIndex((row) => row.id === currentId);
  const row = rows[index];
  if (!row) return null;
  const focus = (target: TreeRow | undefined): TreeMove => (target ? { type: 'focus', id: target.id } : null);
  switch (key) {
    case 'ArrowDown':
      return focus(rows[index + 1]);
    case 'ArrowUp':
      return focus(rows[index - 1]);
    case 'Home':
      return focus(rows[0]);
    case 'End':
      return focus(rows.at(-1));
    case 'ArrowRight':
      if (row.type !== 'node' || row.expanded === null) return null;
      return row.expanded ? focus(rows[index + 1]) : { type: 'toggle', id: row.id };
    case 'ArrowLeft':
      if (row.type === 'node' && row.expanded === true && row.level > 1) return { type: 'toggle', id: row.id };
      return row.parentId === null ? null : { type: 'focus', id: row.parentId };
  }
}
