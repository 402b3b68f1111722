import { featureKeys } from './inactive.ts';
import { configJsonSchema } from './json-schema.ts';

interface SchemaNode {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
}

interface Section {
  readonly path: string;
  readonly description: string;
  readonly node: SchemaNode;
}

/** The reference of every key, section by section, as Markdown; generated from the schema's own descriptions. */
function configReference(): string {
  const root = configJsonSchema() as SchemaNode;
  const sections = sectionsOf({ path: '', description: '', node: root });
  return [valueKinds(root), inactiveKeys(), ...sections.map(sectionText)].join('\n');
}

function valueKinds(root: SchemaNode): string {
  const rows = Object.entries(root.$defs ?? {}).map(([name, node]) => `| ${name} | ${cell(node.description ?? '')} |`);
  return ['### Kinds of values', '', '| kind | what it is |', '|---|---|', ...rows.sort(), ''].join('\n');
}

/** What a reader might take for granted, because the file accepts it. */
function inactiveKeys(): string {
  const rows = Object.entries(featureKeys)
    .filter(([, { active }]) => !active)
    .map(([feature, { keys }]) => `| ${feature} | ${keys.map(code).join(', ')} |`);
  return [
    '### Not acted on yet',
    '',
    'The file may state these, and `burnrate doctor` names those it does. Forecasts count with what a stage would do; the gateway',
    'and what runs beside it do not act on them.',
    '',
    '| what is missing | keys |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function sectionsOf(section: Section): Section[] {
  const below = Object.entries(section.node.properties ?? {}).flatMap(([key, node]) => {
    const path = section.path === '' ? key : `${section.path}.${key}`;
    return objectsIn(node, path).map((found) => ({ ...found, description: node.description ?? '' }));
  });
  return [section, ...below.flatMap(sectionsOf)];
}

/** The mappings with keys of their own that a value may be or hold. */
function objectsIn(node: SchemaNode, path: string): { readonly path: string; readonly node: SchemaNode }[] {
  if (node.properties) return [{ path, node }];
  const named =
    typeof node.additionalProperties === 'object' ? objectsIn(node.additionalProperties, `${path}.<name>`) : [];
  const listed = node.items ? objectsIn(node.items, `${path}[]`) : [];
  return [...named, ...listed, ...(node.anyOf ?? []).flatMap((branch) => objectsIn(branch, path))];
}

function sectionText({ path, description, node }: Section): string {
  const required = new Set(node.required);
  const rows = Object.entries(node.properties ?? {}).map(([key, property]) => row(key, property, required.has(key)));
  return [
    `### ${path === '' ? 'Top level' : `\`${path}\``}`,
    '',
    ...(description === '' ? [] : [description, '']),
    '| key | meaning | value | default | example |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function row(key: string, node: SchemaNode, required: boolean): string {
  const standard = node.default === undefined ? (required ? '**required**' : '') : code(node.default);
  const example = node.examples?.[0] === undefined ? '' : code(node.examples[0]);
  return `| \`${key}\` | ${cell(node.description ?? '')} | ${cell(kindOf(node))} | ${standard} | ${example} |`;
}

function kindOf(node: SchemaNode): string {
  if (node.$ref) return node.$ref.replace('#/$defs/', '');
  if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.anyOf) return [...new Set(node.anyOf.map(kindOf))].join(' or ');
  if (node.items) return `list of ${kindOf(node.items)}`;
  if (node.properties) return 'mapping';
  if (typeof node.additionalProperties === 'object') return `mapping by name of ${kindOf(node.additionalProperties)}`;
  return node.type === 'string' ? 'text' : String(node.type ?? 'any');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (value: unknown): string => `\`${cell(inline(value))}\``;

/** A value as YAML would have it on one line. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' && /[:#{}$]|^$/.test(value) ? JSON.stringify(value) : String(value);
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${inline(inner)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

const begin = '<!-- generated from the schema: begin -->';
const end = '<!-- generated from the schema: end -->';

/**
 * Puts the generated reference between its two markers.
 * @throws Error when a marker is missing
 */
export function withReference(page: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error('docs/configuration.md has lost the markers of its generated part');
  return `${page.slice(0, from)}${begin}\n\n${configReference()}\n${page.slice(to)}`;
}
