import { expect, test } from 'vitest';
import { documentOfNothing } from '../../scripts/generated-docs.ts';

type Json = { readonly [key: string]: Json } | readonly Json[] | string | number | boolean | null;

const document = documentOfNothing() as unknown as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
} & Json;

interface Operation {
  readonly summary: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { name: string; in: string; required: boolean }[];
  readonly requestBody?: { content: object };
  readonly responses: Record<string, { description: string }>;
}

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

test('it is OpenAPI 3.1, and every reference leads somewhere', () => {
  expect(document.openapi).toBe('3.1.0');
  const dangling: string[] = [];
  const walk = (value: Json) => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, child] of Object.entries(value)) {
      if (key === '$ref' && find(String(child)) === undefined) dangling.push(String(child));
      walk(child as Json);
    }
  };
  const find = (ref: string) =>
    ref
      .slice(2)
      .split('/')
      .reduce<Json | undefined>((at, step) => (at as Record<string, Json> | undefined)?.[step], document);
  walk(document);
  expect(dangling).toEqual([]);
});

test.each(operations)('$method $path is complete', ({ path, operation }) => {
  expect(operation.summary).not.toBe('');
  expect(operation.security).toBeInstanceOf(Array);
  expect(operation.responses).toHaveProperty('default');
  expect(operation.responses).toHaveProperty('200');
  const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
  const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
  expect(declared.map((parameter) => parameter.name)).toEqual(inPath);
  expect(declared.every((parameter) => parameter.required)).toBe(true);
});

test('money that may be missing may be null', () => {
  const { MaybeMoney } = (document as unknown as { components: { schemas: Record<string, { type: unknown }> } })
    .components.schemas;
  expect(MaybeMoney?.type).toEqual(['string', 'null']);
});
