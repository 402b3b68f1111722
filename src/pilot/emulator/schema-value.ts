import type { Random } from '../../base/index.ts';
import { countWords, wordsOf } from './words.ts';

/** A JSON Schema, or the part of one that providers accept for structured output and tool parameters. */
type Schema = Readonly<Record<string, unknown>>;

/** Recursive schemas end here: deeper optional parts are left out, deeper values are null. */
const depthMax = 12;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value the schema accepts: enums, references, unions, bounds and common formats are honoured; patterns are not. */
export function valueFor(schema: unknown, random: Random): unknown {
  return build(isRecord(schema) ? schema : {}, isRecord(schema) ? schema : {}, random, 0);
}

function build(schema: Schema, root: Schema, random: Random, depth: number): unknown {
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[Math.floor(random.next() * schema.enum.length)];
  if (typeof schema.$ref === 'string') return build(resolve(root, schema.$ref), root, random, depth + 1);
  if (depth > depthMax) return null;
  const union = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(union)) return build(firstSchema(union), root, random, depth + 1);
  if (Array.isArray(schema.allOf)) return build(Object.assign({}, ...schema.allOf), root, random, depth + 1);
  return buildTyped(typeOf(schema), schema, root, random, depth);
}

function buildTyped(type: string, schema: Schema, root: Schema, random: Random, depth: number): unknown {
  switch (type) {
    case 'object':
      return objectFor(schema, root, random, depth);
    case 'array':
      return Array.from({ length: numberAt(schema, 'minItems') ?? 2 }, () =>
        build(isRecord(schema.items) ? schema.items : { type: 'string' }, root, random, depth + 1),
      );
    case 'integer':
    case 'number':
      return numberFor(schema, type === 'integer', random);
    case 'boolean':
      return random.next() < 0.5;
    case 'null':
      return null;
    default:
      return stringFor(schema, random);
  }
}

function objectFor(schema: Schema, root: Schema, random: Random, depth: number): Record<string, unknown> {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : Object.keys(properties);
  const value: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(properties)) {
    if (depth >= depthMax / 2 && !required.includes(name)) continue;
    value[name] = build(isRecord(part) ? part : {}, root, random, depth + 1);
  }
  return value;
}

function numberFor(schema: Schema, whole: boolean, random: Random): number {
  const low = numberAt(schema, 'minimum') ?? (numberAt(schema, 'exclusiveMinimum') ?? -1) + 1;
  const above = numberAt(schema, 'exclusiveMaximum');
  const high = numberAt(schema, 'maximum') ?? (above === undefined ? low + 100 : above - (whole ? 1 : 0.01));
  const value = low + random.next() * (high - low);
  return whole ? Math.floor(value) : Math.round(value * 100) / 100;
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-01-15T09:30:00Z',
  date: '2026-01-15',
  time: '09:30:00Z',
  email: 'person@example.com',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '0b9d5c1e-7a44-4d0e-9a51-3f0c2a6f5e21',
};

function stringFor(schema: Schema, random: Random): string {
  const known = typeof schema.format === 'string' ? formats[schema.format] : undefined;
  if (known !== undefined) return known;
  const text = wordsOf(3, Math.floor(random.next() * 4_096)).padEnd(numberAt(schema, 'minLength') ?? 0, 'x');
  return text.slice(0, numberAt(schema, 'maxLength') ?? text.length);
}

/** Gemini writes types in capitals; a list of types means the first that is not null. */
function typeOf(schema: Schema): string {
  const type = Array.isArray(schema.type) ? schema.type.find((name) => name !== 'null') : schema.type;
  if (typeof type === 'string') return type.toLowerCase();
  return isRecord(schema.properties) ? 'object' : 'string';
}

function resolve(root: Schema, reference: string): Schema {
  let at: unknown = root;
  for (const step of reference.replace(/^#\/?/, '').split('/').filter(Boolean))
    at = isRecord(at) ? at[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  return isRecord(at) ? at : {};
}

function firstSchema(union: readonly unknown[]): Schema {
  const parts = union.filter(isRecord);
  return parts.find((part) => part.type !== 'null') ?? parts[0] ?? {};
}

function numberAt(schema: Schema, key: string): number | undefined {
  const value = schema[key];
  return typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : undefined;
}

/** Lengthens the first free string of a JSON value so that its text counts `tokens` words; a value without one stays. */
export function padToTokens(value: unknown, schema: unknown, tokens: number): string {
  const text = JSON.stringify(value);
  const missing = tokens - countWords(text);
  if (missing <= 0 || !isRecord(value) || !isRecord(schema)) return text;
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const free = Object.entries(properties).find(
    ([name, part]) =>
      typeof value[name] === 'string' &&
      isRecord(part) &&
      !part.enum &&
      !part.format &&
      !part.maxLength &&
      !('const' in part),
  );
  if (!free) return text;
  return JSON.stringify({ ...value, [free[0]]: `${String(value[free[0]])} ${wordsOf(missing, 0)}` });
}
