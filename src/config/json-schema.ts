import { z } from 'zod';
import { rootSchema } from './schema/root.ts';
import { exampleKey } from './schema/shapes.ts';

const schemaId = 'urn:burnrate:burnrate.schema.json';

/** The JSON Schema (draft 2020-12) of `burnrate.yaml`, for editors: shapes and descriptions; cross-references are checked on loading. */
export function configJsonSchema(): Record<string, unknown> {
  const generated = z.toJSONSchema(rootSchema, { io: 'input', target: 'draft-2020-12' });
  const { $schema, ...rest } = generated;
  return { $schema, $id: schemaId, title: 'burnrate.yaml', ...(renameExamples(rest) as object) };
}

function renameExamples(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(renameExamples);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [
    key === exampleKey ? 'examples' : key,
    renameExamples(value),
  ]);
  return Object.fromEntries(entries);
}

/** The published file's text. */
export function configJsonSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}
