import { expect, test } from 'vitest';
import { dimensionLabel, nextDimension } from './dimensions.ts';

test.each([
  ['team', 'Team'],
  ['promptVersion', 'Prompt version'],
  ['tag.region', 'region (tag)'],
])('%s is shown as %s', (name, label) => {
  expect(dimensionLabel(name)).toBe(label);
});

test.each<[string, string[], string]>([
  ['team', ['team'], 'workflow'],
  ['workflow', ['team', 'workflow'], 'stage'],
  ['stage', ['stage', 'model'], 'run'],
  ['user', ['user'], 'team'],
  ['model', ['model'], 'run'],
])('behind %s, with %j fixed, comes %s', (current, fixed, next) => {
  expect(nextDimension(current, fixed)).toBe(next);
});
