import { isScalar, type Node, visit } from 'yaml';
import type { Path, Source } from './source.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface MissingVariable {
  readonly path: Path;
  readonly name: string;
}

const reference = /\$(\$)?\{([^{}]*)\}/g;
const form = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Puts environment values in place of `${NAME}` and `${NAME:-default}` in every string value of the document; `$${`
 * stands for a plain `${`. An empty variable counts as missing. @returns what was missing
 */
export function substitute(source: Source, environment: Environment): MissingVariable[] {
  const missing: MissingVariable[] = [];
  visit(source.document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return;
      const path = pathOf(ancestors as readonly Node[], node);
      node.value = node.value.replace(reference, (whole, escaped: string | undefined, inner: string) => {
        if (escaped) return whole.slice(1);
        const value = variable(inner, environment);
        if (value === null) missing.push({ path, name: inner });
        return value ?? '';
      });
    },
  });
  return missing;
}

function variable(inner: string, environment: Environment): string | null {
  const match = form.exec(inner);
  const name = match?.[1];
  if (name === undefined) return null;
  return environment[name] || (match?.[2] ?? null);
}

/** The path of a node from the mappings and lists around it. */
function pathOf(ancestors: readonly unknown[], node: Node): Path {
  const path: (string | number)[] = [];
  for (const [index, ancestor] of ancestors.entries()) {
    const below = ancestors[index + 1] ?? node;
    const shape = ancestor as { readonly key?: unknown; readonly items?: readonly unknown[]; readonly flow?: unknown };
    if (isScalar(shape.key)) path.push(String(shape.key.value));
    else if (shape.items && !isPairOf(below)) path.push(shape.items.indexOf(below));
  }
  return path;
}

const isPairOf = (node: unknown): boolean => typeof node === 'object' && node !== null && 'key' in node;
