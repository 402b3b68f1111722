import { type Document, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

export type Path = readonly (string | number)[];

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A parsed file that can say where each of its keys and values stands. */
export interface Source {
  readonly document: Document;
  readonly text: string;
  readonly position: (offset: number) => Position;
}

/** Far above any real file; keeps a wrong path (a log, a dump) from being parsed for minutes. */
export const fileBytesMax = 1_000_000;

export function parseSource(text: string): Source {
  const lines = new LineCounter();
  // Pretty errors would quote the line, which may hold a secret.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  return {
    document,
    text,
    position: (offset) => {
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(1, line), column: Math.max(1, col) };
    },
  };
}

interface Found {
  readonly key: Node | null;
  readonly value: Node | null;
}

/** Follows `path`; where the file does not go that far, `value` is null and `depth` says how far it went. */
export function findNode(source: Source, path: Path): Found & { readonly depth: number } {
  let found: Found = { key: null, value: resolve(source, source.document.contents as Node | null) };
  for (const [depth, step] of path.entries()) {
    const next = child(source, found.value, step);
    if (!next) return { key: found.key ?? found.value, value: null, depth };
    found = next;
  }
  return { ...found, depth: path.length };
}

function child(source: Source, parent: Node | null, step: string | number): Found | null {
  if (isSeq(parent)) {
    const item = parent.items[Number(step)] as Node | undefined;
    return item ? { key: item, value: resolve(source, item) } : null;
  }
  if (!isMap(parent)) return null;
  const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
  if (pair) return { key: pair.key as Node, value: resolve(source, pair.value as Node | null) };
  return fromMerge(source, parent.items, step);
}

function fromMerge(source: Source, items: readonly unknown[], step: string | number): Found | null {
  for (const item of items) {
    if (!isPair(item) || !isScalar(item.key) || item.key.value !== '<<') continue;
    const merged = resolve(source, item.value as Node | null);
    const maps = isSeq(merged) ? (merged.items as Node[]) : [merged];
    for (const map of maps) {
      const found = child(source, resolve(source, map), step);
      if (found) return found;
    }
  }
  return null;
}

function resolve(source: Source, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(source.document) ?? null) : node;
}

/** Where to point for `path`: at the value, at the key when `atKey`, at the nearest parent that exists otherwise. */
export function locate(source: Source, path: Path, atKey = false): Position {
  const found = findNode(source, path);
  const node = atKey || found.value === null ? (found.key ?? found.value) : found.value;
  return source.position(node?.range?.[0] ?? 0);
}

const shownMax = 60;
const secretKeys = new Set(['apiKey', 'key', 'secret', 'password', 'webhook', 'smtp', 'url', 'headers']);

/**
 * The value at `path` as the file writes it, before anything from the environment was put in, for messages; null for
 * mappings, lists, long texts and whatever may be a secret.
 */
export function shownValue(source: Source, path: Path): string | null {
  const { value } = findNode(source, path);
  if (!isScalar(value) || !value.range || path.some((step) => secretKeys.has(String(step)))) return null;
  const shown = source.text.slice(value.range[0], value.range[1]);
  return shown === '' || shown.length > shownMax || shown.includes('\n') ? null : shown;
}
