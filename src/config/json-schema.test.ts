import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { configJsonSchema, configJsonSchemaText } from './json-schema.ts';
import { withReference } from './reference.ts';
import { rootSchema } from './schema/root.ts';
import { exampleKey } from './schema/shapes.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const remedy = 'stale: run `npx tsx scripts/generate-schema.ts`';

test('the published JSON Schema is that of the code', () => {
  expect(read('schema/burnrate.schema.json') === configJsonSchemaText(), remedy).toBe(true);
});

test('the reference of every key is that of the code', () => {
  const page = read('docs/configuration.md');
  expect(page === withReference(page), remedy).toBe(true);
});

interface Described {
  readonly path: string;
  readonly schema: z.ZodType;
}

/** Every key of the schema, unwrapped down to the mappings inside. */
function keysOf(schema: z.ZodType, path: string): Described[] {
  const def = schema._zod.def as unknown as {
    readonly type: string;
    readonly shape?: Record<string, z.ZodType>;
    readonly innerType?: z.ZodType;
    readonly in?: z.ZodType;
    readonly element?: z.ZodType;
    readonly valueType?: z.ZodType;
    readonly options?: z.ZodType[];
  };
  const inside = [def.innerType, def.in, def.element, def.valueType, ...(def.options ?? [])].filter(
    (inner) => inner !== undefined,
  );
  const own = Object.entries(def.shape ?? {}).flatMap(([key, value]) => [
    { path: `${path}.${key}`, schema: value },
    ...keysOf(value, `${path}.${key}`),
  ]);
  return [...own, ...inside.flatMap((inner) => keysOf(inner, path))];
}

const keys = keysOf(rootSchema, '');
const examplesOf = ({ schema }: Described): unknown[] => (schema.meta()?.[exampleKey] ?? []) as unknown[];

test('every key has a description', () => {
  expect(keys.length).toBeGreaterThan(300);
  expect(keys.filter(({ schema }) => !schema.meta()?.description).map(({ path }) => path)).toEqual([]);
});

test('every leaf has an example', () => {
  const bare = keys.filter((key) => examplesOf(key).length === 0 && keysOf(key.schema, '').length === 0);
  expect(bare.map(({ path }) => path)).toEqual([]);
});

test('every example is accepted by its key', () => {
  const wrong = keys.flatMap((key) =>
    examplesOf(key)
      .filter((example) => !key.schema.safeParse(example).success)
      .map((example) => ({ path: key.path, example })),
  );
  expect(wrong).toEqual([]);
});

test('it refuses unknown keys everywhere', () => {
  const open: string[] = [];
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('properties' in node && path !== '' && !('additionalProperties' in node)) open.push(path);
    for (const [key, value] of Object.entries(node)) walk(value, `${path}/${key}`);
  };
  walk(configJsonSchema(), '');
  expect(open).toEqual([]);
});
