import { parse } from 'yaml';
import { configJsonSchemaText } from '../../src/config/index.ts';
import { policySchema } from '../../src/economics/index.ts';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

const root = JSON.parse(configJsonSchemaText()) as Schema & { readonly $defs: Readonly<Record<string, Schema>> };

/** All that a place of the file may be, with references followed. */
function shapes(schema: Schema): Schema[] {
  const named = schema.$ref ? root.$defs[schema.$ref.slice('#/$defs/'.length)] : undefined;
  const inside = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? []), ...(named ? [named] : [])];
  return [schema, ...inside.flatMap(shapes)];
}

/** `*` and `<name>` stand for any name; lists are walked through without a step of their own. */
function below(schema: Schema, step: string): Schema[] {
  return shapes(schema).flatMap(({ properties = {}, additionalProperties, items }) => {
    const any = /^(\*|<\w+>)$/.test(step) ? Object.values(properties) : [];
    const named = Object.hasOwn(properties, step) ? [properties[step] as Schema] : any;
    const free = typeof additionalProperties === 'object' ? [additionalProperties] : [];
    return [...(named.length > 0 ? named : free), ...(items ? below(items, step) : [])];
  });
}

export const topKeys: ReadonlySet<string> = new Set(Object.keys(root.properties ?? {}));

/** Whether a dotted path of `burnrate.yaml` exists. */
export function keyExists(path: readonly string[]): boolean {
  let at: Schema[] = [root];
  for (const step of path) at = at.flatMap((schema) => below(schema, step));
  return at.length > 0;
}

/** Keys of a piece of `burnrate.yaml` that the schema does not have; nothing for YAML that is of something else. */
export function wrongKeysOfYaml(text: string): string[] {
  const file: unknown = parse(text, { merge: true });
  if (!isMapping(file) || !Object.keys(file).every((key) => topKeys.has(key))) return [];
  // The policies that history is priced under have keys of their own.
  if (policySchema.safeParse(file).success) return [];
  return pathsOf(file, [])
    .filter((path) => !keyExists(path))
    .map((path) => path.join('.'));
}

function pathsOf(value: unknown, path: readonly string[]): string[][] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, path));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, inside]) => [[...path, key], ...pathsOf(inside, [...path, key])]);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
