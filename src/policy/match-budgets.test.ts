import { describe, expect, test } from 'vitest';
import type { BudgetDefinition, Scope } from '../tree/index.ts';
import { type CallFacts, inScope, instanceOf, matchBudgets } from './index.ts';

const facts: CallFacts = {
  attribution: { team: 'support', user: 'alice & bob', plan: 'free', tags: { region: 'eu' } },
  keyId: 'key_1',
  keyBudgets: ['bound'],
  provider: 'openai',
  model: 'gpt-5-nano',
};

const budget = (name: string, scope: Scope, per: BudgetDefinition['per'] = []): BudgetDefinition => ({
  name,
  scope,
  per,
  unit: 'usd',
  limit: 1n,
  period: { kind: 'day', timeZone: 'UTC', rolling: false },
  hard: true,
  failOpen: false,
  brake: [],
});

test.each<[Scope, boolean]>([
  [{}, true],
  [{ team: ['support', 'sales'] }, true],
  [{ team: ['sales'] }, false],
  [{ team: ['support'], plan: ['pro'] }, false],
  [{ customer: ['acme'] }, false],
  [{ key: ['key_1'] }, true],
  [{ provider: ['openai'], model: ['gpt-5-nano'] }, true],
  [{ model: ['openai/gpt-5-nano'] }, true],
  [{ model: ['anthropic/gpt-5-nano'] }, false],
  [{ 'tag.region': ['eu'] }, true],
  [{ 'tag.region': ['us'] }, false],
])('scope %j covers the call: %s', (scope, covered) => expect(inScope(scope, facts)).toBe(covered));

describe('instances', () => {
  test.each([
    [[], ''],
    [['user'], 'user=alice%20%26%20bob'],
    [['plan', 'model'], 'plan=free&model=gpt-5-nano'],
    [['customer'], 'customer='],
    [['tag.region', 'key'], 'tag.region=eu&key=key_1'],
  ] as const)('per %j is counted as %s', (per, instance) => expect(instanceOf(per, facts)).toBe(instance));
});

test('budgets are matched by scope or by the key, and held in the order of their names', () => {
  const found = matchBudgets(
    [
      budget('z', {}),
      budget('bound', { team: ['sales'] }),
      budget('other', { team: ['sales'] }),
      budget('a', {}, ['plan']),
    ],
    facts,
  );
  expect(found.map((match) => [match.definition.name, match.instance])).toEqual([
    ['a', 'plan=free'],
    ['bound', ''],
    ['z', ''],
  ]);
});
