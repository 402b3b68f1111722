import type { CostNode, LineTotal } from '../api/schema.ts';
import { lineWords } from '../format/line-words.ts';
import { chartDollars } from '../format/money.ts';

/** Words for people: `cacheWrite5m` → `cache write 5 min`. */
const bucketWords: Readonly<Record<string, string>> = {
  cacheRead: 'cached input',
  cacheWrite5m: 'cache write 5 min',
  cacheWrite1h: 'cache write 1 h',
  audioInput: 'audio in',
  audioCacheRead: 'cached audio',
  audioOutput: 'audio out',
  imageInput: 'image in',
  imageCacheRead: 'cached image',
  imageOutput: 'image out',
  toolCall: 'tool calls',
  call: 'per call',
};

export function bucketLabel(bucket: string): string {
  return bucketWords[bucket] ?? bucket;
}

/** `output`, `retries · output`: plain inference goes without saying. */
export function lineLabel(line: Pick<LineTotal, 'line' | 'bucket'>): string {
  const bucket = bucketLabel(line.bucket);
  return line.line === 'inference' ? bucket : `${lineWords(line.line)} · ${bucket}`;
}

export interface FlowNode {
  readonly name: string;
  readonly label: string;
  readonly depth: number;
  /** Exact dollars as a decimal string. */
  readonly costUsd: string;
  /** Stage this node stands for; null for the workflow and the lines. */
  readonly stage: string | null;
}

export interface FlowLink {
  readonly source: string;
  readonly target: string;
  readonly value: number;
  readonly costUsd: string;
}

/** The cost tree as a flow: workflow → stage → what the money bought. Nothing that cost nothing is drawn. */
export function flowOf(tree: CostNode): { readonly nodes: readonly FlowNode[]; readonly links: readonly FlowLink[] } {
  const stages = tree.children.filter((stage) => chartDollars(stage.totalUsd) > 0);
  const lines = tree.lines.filter((line) => chartDollars(line.costUsd) > 0);
  const nodes: FlowNode[] = [
    { name: 'workflow', label: tree.name, depth: 0, costUsd: tree.totalUsd, stage: null },
    ...stages.map((s) => ({ name: `s:${s.name}`, label: s.name, depth: 1, costUsd: s.totalUsd, stage: s.name })),
    ...lines.map((l) => ({
      name: `l:${lineLabel(l)}`,
      label: lineLabel(l),
      depth: 2,
      costUsd: l.costUsd,
      stage: null,
    })),
  ];
  return { nodes, links: stages.flatMap(stageLinks) };
}

function stageLinks(stage: CostNode): FlowLink[] {
  const name = `s:${stage.name}`;
  const into = { source: 'workflow', target: name, value: chartDollars(stage.totalUsd), costUsd: stage.totalUsd };
  const out = stage.lines
    .filter((line) => chartDollars(line.costUsd) > 0)
    .map((line) => ({
      source: name,
      target: `l:${lineLabel(line)}`,
      value: chartDollars(line.costUsd),
      costUsd: line.costUsd,
    }));
  return [into, ...out];
}
