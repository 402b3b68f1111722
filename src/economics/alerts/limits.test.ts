import { describe, expect, test } from 'vitest';
import { defaultConfig, parseConfig } from '../../config/index.ts';
import type { CostAnswer, CostQuery } from '../../ledger/index.ts';
import type { MonthStanding } from '../forecasts/month-facts.ts';
import type { WatchSettings } from './alert.ts';
import { alertWatcher, providerAllowances, watchRules } from './index.ts';

const nowMs = Date.UTC(2026, 2, 2, 12);
const minuteMs = 60_000;

function settingsOf(kind: string, changes: Partial<WatchSettings>): WatchSettings {
  const rules = watchRules(defaultConfig({})).filter((rule) => rule.kind === kind);
  return { rules, budgets: [], allowances: [], standings: [], ...changes };
}

describe('provider-headroom', () => {
  const config = parseConfig(
    `version: 1
providers:
  openai: { kind: openai, apiKey: k, limits: { requests: 6000/h, tokens: 1000/min } }
  anthropic: { kind: anthropic, apiKey: k }
  apart: { kind: anthropic, apiKey: k, limits: { inputTokens: 1000/m, outputTokens: 100/m } }
`,
    { file: 'burnrate.yaml', environment: {} },
  );
  const allowances = providerAllowances(config);

  /** Requests and tokens of the last minutes, oldest first. */
  const feed = (provider: string, minutes: readonly (readonly [requests: number, tokens: number])[]) => ({
    async costs({ range, by }: CostQuery) {
      expect([by, range]).toEqual([['provider', 'minute'], { fromMs: nowMs - 10 * minuteMs, toMs: nowMs }]);
      const rows = minutes.map(([attempts, inputTokens], index) => ({
        ...{ dimensions: { provider, minute: `${index}` }, attempts, inputTokens, outputTokens: 0 },
        cacheReadTokens: 10,
      }));
      return { rows, total: rows[0], rowsLeftOut: 0 } as unknown as CostAnswer;
    },
  });
  const idle = [10, 10] as const;

  test('limits of any span are taken by the minute; who has none is not watched', () => {
    expect(allowances).toEqual([
      { provider: 'openai', requestsPerMinute: 100, tokensPerMinute: 1_000 },
      { provider: 'apart', inputTokensPerMinute: 1_000, outputTokensPerMinute: 100 },
    ]);
  });

  test.each<[string, string, (readonly [number, number])[], string[]]>([
    ['two busy minutes are no trend', 'openai', [[80, 0], [80, 0], idle], []],
    ['three of ten are', 'openai', [[80, 0], idle, [99, 0], idle, [120, 0]], ['requests true']],
    [
      'nearly as much keeps an alert and begins none',
      'openai',
      [
        [60, 0],
        [60, 0],
        [60, 0],
      ],
      ['requests false'],
    ],
    [
      'tokens count too',
      'openai',
      [
        [80, 900],
        [80, 900],
        [80, 900],
      ],
      ['requests true', 'tokens true'],
    ],
    [
      'input counts apart, without what came from the cache',
      'apart',
      [
        [999, 810],
        [999, 810],
        [999, 810],
      ],
      ['input tokens true'],
    ],
    [
      'and from its limit on only',
      'apart',
      [
        [999, 809],
        [999, 809],
        [999, 809],
      ],
      ['input tokens false'],
    ],
    [
      'nobody knows the limits of others',
      'anthropic',
      [
        [999, 9_999],
        [999, 9_999],
        [999, 9_999],
      ],
      [],
    ],
  ])('%s', async (_, provider, minutes, expected) => {
    const found = await alertWatcher(feed(provider, minutes))(settingsOf('provider-headroom', { allowances }), nowMs);
    expect(found.map(({ subject, fires }) => `${subject.limit} ${fires}`)).toEqual(expected);
  });
});

describe('forecast-miss', () => {
  const standing = (factUsd: string, left: MonthStanding['left'], forecastUsd = '100'): MonthStanding => ({
    ...{ scenario: 'base', forecastId: 'fc_1', left },
    comparison: {
      ...{ month: '2026-03', complete: left === 'below', drivenBy: null, lines: [] },
      total: {
        ...{
          factUsd,
          forecastUsd,
          lowUsd: '80',
          highUsd: '120',
          differenceUsd: `${Number(factUsd) - Number(forecastUsd)}`,
        },
      },
    } as unknown as MonthStanding['comparison'],
  });
  const feed = { costs: () => Promise.reject(new Error('the ledger is not asked')) };

  test.each<[string, MonthStanding, number, number]>([
    ['within the interval', standing('119', null), 1, 0],
    ['above its upper end', standing('120.01', 'above'), 1, 1],
    ['below its lower end', standing('79.99', 'below'), 1, 1],
    ['above, within a wider interval', standing('125', 'above'), 1.1, 0],
    ['above a wider interval', standing('133', 'above'), 1.1, 1],
    ['below, within a wider interval', standing('75', 'below'), 1.1, 0],
    ['above by less than a dollar', standing('120.5', 'above', '119.75'), 1, 0],
  ])('a month %s', async (_, month, factor, expected) => {
    const settings = settingsOf('forecast-miss', { standings: [month] });
    const rules = settings.rules.map((rule) => ({ ...rule, factor }));
    const found = await alertWatcher(feed)({ ...settings, rules }, nowMs);
    expect(found).toHaveLength(expected);
    for (const one of found) {
      expect(one).toMatchObject({ fires: true, once: true, subject: { scenario: 'base', month: '2026-03' } });
    }
  });
});
