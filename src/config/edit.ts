import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, type Node, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';
import { findNode, type Path, parseSource, type Source } from './source.ts';

/** One change of the file: a new value, or the removal of a key. */
export type ConfigEdit =
  | { readonly path: Path; readonly value: unknown }
  | { readonly path: Path; readonly remove: true };

/**
 * Changes keys of a `burnrate.yaml` and leaves everything else as it is written: comments, order, quotes, alignment.
 * Only the text of the changed value moves; where a change cannot be made in place (a key below one that does not exist,
 * a value shared by an alias) the document is written anew, which keeps comments but not every space.
 * @throws Error when the text is not YAML
 */
export function editConfig(text: string, edits: readonly ConfigEdit[]): string {
  return edits.reduce(applyEdit, text);
}

function applyEdit(text: string, edit: ConfigEdit): string {
  const wanted = parseDocument(text, { merge: true });
  if (wanted.errors[0]) throw wanted.errors[0];
  if ('remove' in edit) wanted.deleteIn(edit.path);
  else wanted.setIn(edit.path, wanted.createNode(edit.value, { flow: true }));
  const spliced = splice(parseSource(text), edit);
  // The splice works on text; it counts only if it says exactly what the document says.
  if (spliced !== null && means(spliced, wanted.toJS())) return spliced;
  return wanted.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function means(text: string, value: unknown): boolean {
  const read = parseDocument(text, { merge: true });
  return read.errors.length === 0 && isDeepStrictEqual(read.toJS(), value);
}

function splice(source: Source, edit: ConfigEdit): string | null {
  const { value, depth } = findNode(source, edit.path);
  const parent = findNode(source, edit.path.slice(0, -1)).value;
  if ('remove' in edit) return isMap(parent) ? removePair(source, parent, edit.path.at(-1)) : null;
  if (value?.range) return replaceRange(source.text, value.range[0], valueEnd(source, value), inline(edit.value));
  return depth === edit.path.length - 1 && isMap(parent)
    ? addPair(source, parent, String(edit.path.at(-1)), edit.value)
    : null;
}

const replaceRange = (text: string, from: number, to: number, put: string): string =>
  `${text.slice(0, from)}${put}${text.slice(to)}`;

/** The end of what a node says, without the spaces and comments a block mapping's range runs on over. */
function valueEnd(source: Source, node: Node): number {
  const from = node.range?.[0] ?? 0;
  const to = node.range?.[1] ?? from;
  return from + source.text.slice(from, to).trimEnd().length;
}

/** A value as flow YAML on one line. */
function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}

function addPair(source: Source, map: YAMLMap, key: string, value: unknown): string | null {
  const last = map.items.at(-1) as Pair<Node, Node | null> | undefined;
  const end = last?.value?.range ? valueEnd(source, last.value) : null;
  if (!last?.key?.range || end === null) return null;
  if (map.flow) return replaceRange(source.text, end, end, `, ${key}: ${inline(value)}`);
  const lineStart = source.text.lastIndexOf('\n', last.key.range[0] - 1) + 1;
  const indent = source.text.slice(lineStart, last.key.range[0]);
  if (indent.trim() !== '') return null;
  const lineEnd = source.text.indexOf('\n', end);
  const at = lineEnd < 0 ? source.text.length : lineEnd;
  return replaceRange(source.text, at, at, `\n${indent}${key}: ${inline(value)}`);
}

/** Removes whole lines of a block mapping; a flow mapping is left to the document. */
function removePair(source: Source, map: YAMLMap, key: string | number | undefined): string | null {
  const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
  const node = pair?.value as Node | null | undefined;
  const start = (pair?.key as Node | undefined)?.range?.[0];
  if (map.flow || map.items.length < 2 || start === undefined || !node) return null;
  const from = source.text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = source.text.indexOf('\n', valueEnd(source, node));
  return replaceRange(source.text, from, lineEnd < 0 ? source.text.length : lineEnd + 1, '');
}
