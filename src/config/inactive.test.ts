import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { activeFeatures, type Feature, featureKeys, featureOf, inactiveSections } from './inactive.ts';
import { configJsonSchema } from './json-schema.ts';
import { parseConfig } from './load.ts';

const sample = readFileSync(new URL('../../test/golden/config/sample.yaml', import.meta.url), 'utf8');
const load = (text: string) => parseConfig(text, { file: 'f', environment: { OPENAI_API_KEY: 'x', SLACK_URL: 'y' } });

interface Node {
  readonly properties?: Record<string, Node>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/** Every path of the schema, with `*` for names and positions. */
function paths(node: Node, path: readonly string[]): string[][] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, inner]) => [
    [...path, key],
    ...paths(inner, [...path, key]),
  ]);
  const named = typeof node.additionalProperties === 'object' ? paths(node.additionalProperties, [...path, '*']) : [];
  const listed = node.items ? paths(node.items, [...path, '*']) : [];
  return [...own, ...named, ...listed, ...(node.anyOf ?? []).flatMap((branch) => paths(branch, path))];
}
const known = paths(configJsonSchema() as Node, []);

test('every key of the schema belongs to a feature of its own', () => {
  const containers = new Set(['workflows', 'workflows.*', 'workflows.*.stages', 'workflows.*.stages.*', 'providers']);
  const bare = known.filter((path) => {
    const covering = Object.values(featureKeys).flatMap(({ keys }) => keys as readonly string[]);
    const own = covering.filter((key) => path.join('.') === key || path.join('.').startsWith(`${key}.`));
    return own.every((key) => containers.has(key)) && !containers.has(path.join('.'));
  });
  expect(bare.map((path) => path.join('.'))).toEqual([]);
});

test('every key of the table is one of the schema', () => {
  const all = new Set(known.map((path) => path.join('.')));
  const keys = Object.values(featureKeys).flatMap(({ keys }) => keys as readonly string[]);
  expect(keys.filter((key) => !all.has(key) && !key.endsWith('*'))).toEqual([]);
});

describe('inactiveSections', () => {
  test('names the topmost keys nothing acts on, with what would', () => {
    const text = `version: 1
workflows:
  a.b:
    team: support
    stages:
      x: { model: openai/gpt-5, timeout: 5s, cache: { mode: exact, ttl: 1h } }
budgets: [{ name: b, limitUsd: 1, period: day }]
`;
    expect(inactiveSections(load(text), new Set<Feature>(['core', 'attribution']))).toEqual([
      { path: 'workflows.a.b.stages.x.model', feature: 'forecast' },
      { path: 'workflows.a.b.stages.x.cache', feature: 'caching' },
      { path: 'budgets', feature: 'budgets' },
    ]);
  });

  test('says nothing of a file that states only what is acted on', () => {
    const text =
      'version: 1\nlisten: 127.0.0.1:0\nproviders: { openai: { kind: openai, apiKey: k } }\nretention: { attempts: 9d }\n';
    expect(inactiveSections(load(text))).toEqual([]);
  });

  test('nothing of the sample is left over when every feature is there', () => {
    expect(inactiveSections(load(sample), new Set(Object.keys(featureKeys) as Feature[]))).toEqual([]);
    expect(load(sample).stated.filter((path) => featureOf(path) === null)).toEqual([]);
  });

  test('what is active is what the table ticks', () => {
    const stated = inactiveSections(load(sample)).map(({ feature }) => feature);
    expect(stated.filter((feature) => activeFeatures.has(feature))).toEqual([]);
  });
});
