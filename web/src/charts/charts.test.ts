import { describe, expect, test } from 'vitest';
import type { CostNode, CostRow, Costs, LineTotal } from '../api/schema.ts';
import { flowOf, lineLabel } from './flow.ts';
import { absentName, otherName, stackOverTime } from './time-series.ts';

const sums = {
  runs: 1,
  interactions: 1,
  calls: 1,
  attempts: 1,
  inputTokens: 0,
  cacheReadTokens: 0,
  outputTokens: 0,
  unknownPriceAttempts: 0,
  estimatedAttempts: 0,
};

function costs(rows: readonly (readonly [string, string | null, string])[]): Costs {
  return {
    range: { from: '2026-03-01T10:00:00Z', to: '2026-03-01T10:05:00Z' },
    by: ['minute', 'stage'],
    rows: rows.map(([minute, stage, costUsd]): CostRow => ({ ...sums, costUsd, minute, stage })),
    totalUsd: '0',
    total: { ...sums, costUsd: '0' },
    rowsLeftOut: 0,
    simulated: false,
  };
}

describe('cost over time', () => {
  test('quiet minutes of the range are drawn as nothing', () => {
    const stacked = stackOverTime(
      costs([
        ['2026-03-01T10:01:00Z', 'answer', '2'],
        ['2026-03-01T10:03:00Z', 'classify', '1'],
      ]),
      'minute',
      'stage',
    );
    expect(stacked.times).toEqual([0, 1, 2, 3, 4].map((minute) => Date.UTC(2026, 2, 1, 10, minute)));
    expect(stacked.series.map(({ name, values }) => [name, values])).toEqual([
      ['answer', [0, 2, 0, 0, 0]],
      ['classify', [0, 0, 0, 1, 0]],
    ]);
  });

  test('a day that is known is not invented again beside it', () => {
    const days: Costs = {
      ...costs([]),
      range: { from: '2026-03-27T00:00:00Z', to: '2026-03-31T00:00:00Z' },
      by: ['day', 'stage'],
      rows: ['2026-03-28', '2026-03-30T01:00:00+01:00'].map((day) => ({ ...sums, costUsd: '1', day, stage: 'a' })),
    };
    expect(stackOverTime(days, 'day', 'stage').times).toHaveLength(4);
  });

  test('a name keeps its colour when the ranks change', () => {
    const at = '2026-03-01T10:01:00Z';
    const colours = (a: string, b: string) =>
      Object.fromEntries(
        stackOverTime(
          costs([
            [at, 'a', a],
            [at, 'b', b],
          ]),
          'minute',
          'stage',
        ).series.map((s) => [s.name, s.colour]),
      );
    expect(colours('1', '2')).toEqual(colours('2', '1'));
  });

  test('what is too many is added up in one series, and nothing is lost', () => {
    const at = '2026-03-01T10:01:00Z';
    const rows = Array.from({ length: 12 }, (_, n) => [at, `s${n}`, String(n + 1)] as const);
    const { series } = stackOverTime(costs(rows), 'minute', 'stage');
    expect(series).toHaveLength(7);
    expect(series.at(-1)?.name).toBe(otherName);
    expect(series.reduce((sum, each) => sum + (each.values[1] ?? 0), 0)).toBe(78);
  });

  test('a row without a value has a name all the same; no rows give no bars', () => {
    const at = '2026-03-01T10:01:00Z';
    expect(stackOverTime(costs([[at, null, '1']]), 'minute', 'stage').series[0]?.name).toBe(absentName);
    expect(stackOverTime(costs([]), 'minute', 'stage')).toEqual({ times: [], series: [] });
  });
});

const line = (bucket: 'input' | 'output', costUsd: string): LineTotal => ({
  line: 'inference',
  bucket,
  unit: 'tokens',
  quantity: 1,
  costUsd,
});

function node(
  kind: CostNode['kind'],
  name: string,
  totalUsd: string,
  lines: LineTotal[],
  children: CostNode[] = [],
): CostNode {
  const counts = { runs: 1, interactions: 1, calls: 1, attempts: 1, unknownPriceAttempts: 0, estimatedAttempts: 0 };
  return { kind, name, totalUsd, ownLines: [], lines, counts, children };
}

describe('the flow of money', () => {
  const tree = node(
    'workflow',
    'w',
    '3',
    [line('input', '1'), line('output', '2')],
    [
      node('stage', 'answer', '3', [line('input', '1'), line('output', '2')]),
      node('stage', 'free', '0', [line('input', '0')]),
    ],
  );

  test('what goes into a stage comes out of it, and what cost nothing is not drawn', () => {
    const { nodes, links } = flowOf(tree);
    expect(nodes.map((each) => each.label)).toEqual(['w', 'answer', 'input', 'output']);
    const into = links.filter((link) => link.target === 's:answer').reduce((sum, link) => sum + link.value, 0);
    const out = links.filter((link) => link.source === 's:answer').reduce((sum, link) => sum + link.value, 0);
    expect([into, out]).toEqual([3, 3]);
  });

  test('a stage named like a bucket is another node', () => {
    const clash = node('workflow', 'w', '1', [line('input', '1')], [node('stage', 'input', '1', [line('input', '1')])]);
    const { nodes } = flowOf(clash);
    expect(new Set(nodes.map((each) => each.name)).size).toBe(nodes.length);
  });

  test.each([
    ['inference', 'cacheRead', 'cached input'],
    ['retries', 'output', 'retries · output'],
    ['inference', 'cacheWrite1h', 'cache write 1 h'],
  ] as const)('%s of %s is called %s', (kind, bucket, label) => {
    expect(lineLabel({ line: kind, bucket })).toBe(label);
  });
});
