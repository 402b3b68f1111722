import { type Config, parseConfig } from '../../src/config/index.ts';
import {
  readAdvice,
  readBehaviour,
  readCostStack,
  readReleases,
  readShowback,
  readUnitEconomics,
  readWeeklyReview,
  readWhatIf,
  weekOf,
} from '../../src/economics/index.ts';
import type { CostQuery, Ledger, TimeRange } from '../../src/ledger/index.ts';
import { createPriceBook } from '../../src/pricing/index.ts';

export interface BenchQuestion {
  /** `ledger`: one question of the ledger; `screen`: everything an endpoint asks before it answers. */
  readonly kind: 'ledger' | 'screen';
  readonly place: string;
  readonly name: string;
  readonly ask: () => Promise<unknown>;
}

const dayMs = 86_400_000;
const workflows = [0, 1, 2, 3, 4]
  .map(
    (index) => `
  workflow-${index}:
    stages:
      classify: { model: openai/gpt-5-nano }
      retrieve: { model: openai/text-embedding-3-small }
      answer: { model: anthropic/claude-sonnet-4-5 }
    impatience: { afterSeconds: 8, abandonProbability: 0.1, retryProbability: 0.2, ticketProbability: 0.05 }`,
  )
  .join('');

/** A product like the one the month is of, with overheads, people and impatience. */
function benchConfig(): Config {
  const text = `version: 1
plans: { free: {}, pro: { priceUsd: 29 } }
people: { agent: { hourlyUsd: 40 } }
overheads: { infrastructure: [{ name: cluster, monthlyUsd: 2000, allocateBy: tokens }] }
workflows:${workflows}
`;
  return parseConfig(text, { file: 'bench.yaml', environment: {} });
}

/** Every question behind a screen, over the month that ends at `endMs`. */
export function benchQuestions(ledger: Ledger, endMs: number, watch: { readonly run: string }): BenchQuestion[] {
  const month = { fromMs: endMs - 30 * dayMs + 1_234_567, toMs: endMs };
  return [
    ...costQuestions(ledger, month),
    ...operationQuestions(ledger, month, watch),
    ...economicQuestions(ledger, month),
    ...screens(ledger, month),
  ];
}

const timeZone = 'Europe/Berlin';

function costQuestions(ledger: Ledger, month: TimeRange): BenchQuestion[] {
  const lastDay = { fromMs: month.toMs - dayMs, toMs: month.toMs };
  const week = { fromMs: month.toMs - 7 * dayMs, toMs: month.toMs };
  const costs = (name: string, by: CostQuery['by'], range = month, more: Partial<CostQuery> = {}): BenchQuestion => ({
    ...{ kind: 'ledger', place: 'costs', name },
    ask: () => ledger.costs({ range, by, where: {}, timeZone, ...more }),
  });
  return [
    costs('total', []),
    costs('by team and stage', ['team', 'stage']),
    costs('by day and workflow', ['day', 'workflow']),
    costs('by provider and model', ['provider', 'model']),
    costs('by failure, reason and layer', ['failure', 'reason', 'layer']),
    costs('by release and prompt version', ['release', 'promptVersion']),
    costs('by line', ['line']),
    costs('by bucket and model', ['bucket', 'model']),
    costs('by customer (200)', ['customer']),
    costs('by user (10,000)', ['user']),
    costs('one customer by day', ['day'], month, { where: { customer: ['customer-7'] }, timeZone: 'UTC' }),
    costs('one user by day', ['day'], month, { where: { user: ['user-7'] }, timeZone: 'UTC' }),
    costs('one user by day, zone not UTC', ['day'], month, { where: { user: ['user-7'] } }),
    costs('last day by hour', ['hour'], lastDay),
    costs('last day by minute', ['minute'], lastDay),
    costs('last week by hour and workflow', ['hour', 'workflow'], week),
    costs('by day in Kolkata', ['day'], month, { timeZone: 'Asia/Kolkata' }),
    costs('by session', ['session']),
    costs('by tag', ['tag.experiment']),
    {
      ...{ kind: 'ledger', place: 'costs', name: 'lines by workflow and stage' },
      ask: () => ledger.lines({ range: month, where: {}, by: ['workflow', 'stage'], timeZone }),
    },
    { ...{ kind: 'ledger', place: 'workflows', name: 'all workflows' }, ask: () => ledger.workflows(month) },
    {
      ...{ kind: 'ledger', place: 'workflows', name: 'all workflows, last day' },
      ask: () => ledger.workflows(lastDay),
    },
    {
      ...{ kind: 'ledger', place: 'workflows', name: 'one with 50 calls' },
      ask: () => ledger.workflow('workflow-1', month, { stage: 'answer', limit: 50 }),
    },
  ];
}

function operationQuestions(ledger: Ledger, month: TimeRange, watch: { readonly run: string }): BenchQuestion[] {
  const query = { range: month, where: {}, timeZone };
  const week = { ...query, range: { fromMs: month.toMs - 7 * dayMs, toMs: month.toMs } };
  const page = { limit: 50 };
  const of = (name: string, ask: () => Promise<unknown>): BenchQuestion => ({
    kind: 'ledger',
    place: 'operations',
    name,
    ask,
  });
  return [
    of('latency and failures, total', () => ledger.performance({ ...query, by: [] })),
    of('latency and failures by model', () => ledger.performance({ ...query, by: ['model'] })),
    of('latency and failures by day', () => ledger.performance({ ...query, by: ['day'] })),
    of('latency by day and failure', () => ledger.performance({ ...query, by: ['day', 'failure'] })),
    of('latency by hour, last week', () => ledger.performance({ ...week, by: ['hour'] })),
    of('latency of one customer', () => ledger.performance({ ...query, where: { customer: ['customer-7'] }, by: [] })),
    of('retries by cause', () => ledger.retries(query)),
    of('size', () => ledger.size()),
    of('newest calls', () => ledger.newestCalls(query, page)),
    of('newest calls of a failure', () => ledger.newestCalls({ ...query, where: { failure: ['timeout'] } }, page)),
    of('newest calls of nobody (looks at all)', () =>
      ledger.newestCalls({ ...query, where: { customer: ['x'] } }, page),
    ),
    of('newest runs', () => ledger.newestRuns(query, page)),
    of('newest runs that failed', () => ledger.newestRuns({ ...query, outcome: 'failed' }, page)),
    of('one call', () => ledger.call('call_new7')),
    of('one run', () => ledger.run(watch.run)),
  ];
}

function economicQuestions(ledger: Ledger, month: TimeRange): BenchQuestion[] {
  const query = { range: month, where: {}, timeZone };
  const of = (name: string, ask: () => Promise<unknown>): BenchQuestion => ({
    kind: 'ledger',
    place: 'economics',
    name,
    ask,
  });
  return [
    of('traffic, total', () => ledger.traffic({ ...query, by: [] })),
    of('traffic by workflow and stage', () => ledger.traffic({ ...query, by: ['workflow', 'stage'] })),
    of('traffic by workflow, release and week', () =>
      ledger.traffic({ ...query, by: ['workflow', 'release', 'week'] }),
    ),
    of('active users', () => ledger.users(query, [[]])),
    of('active users by workflow, by plan, by customer', () =>
      ledger.users(query, [[], ['workflow'], ['plan'], ['customer', 'plan']]),
    ),
    of('cohorts of users by week', () => ledger.cohorts(query)),
    of('interactions of a session (sample)', () => ledger.repetitions(query, 'session')),
    of('runs of an interaction (sample)', () => ledger.repetitions(query, 'interaction')),
    of('endings by workflow', () => ledger.endings(query, [['workflow']])),
    of('endings by workflow and customer', () => ledger.endings(query, [['workflow', 'customer']])),
    of('endings of runs that used a model', () =>
      ledger.endings({ ...query, where: { model: ['gpt-5-nano'] } }, [['workflow']]),
    ),
    of('costs by customer, stage, operation, line', () =>
      ledger.costs({ ...query, by: ['workflow', 'customer', 'stage', 'operation', 'line'], limit: 10_000 }),
    ),
    of('5,000 runs (sample)', () => ledger.runs(query, 5_000)),
    of('first 2,000 attempts of a stage', () =>
      ledger.history({ ...query, where: { workflow: ['workflow-1'], stage: ['answer'] } }, 2_000),
    ),
  ];
}

function screens(ledger: Ledger, range: TimeRange): BenchQuestion[] {
  const config = benchConfig();
  const prices = createPriceBook({
    providers: [
      { name: 'openai', kind: 'openai', baseUrl: 'https://api.openai.com/v1' },
      { name: 'anthropic', kind: 'anthropic', baseUrl: 'https://api.anthropic.com' },
    ],
    overrides: [],
  });
  const of = (name: string, ask: () => Promise<unknown>): BenchQuestion => ({
    kind: 'screen',
    place: 'economics',
    name,
    ask,
  });
  const scope = { range, config, simulated: false };
  const policies = [{ workflow: 'workflow-1', stage: 'answer', maxOutputTokens: 300 }];
  return [
    of('full cost by workflow', () => readCostStack(ledger, { range, by: ['workflow'], timeZone }, config)),
    of('full cost by customer', () => readCostStack(ledger, { range, by: ['customer'], timeZone }, config)),
    of('full cost by team and feature', () =>
      readCostStack(ledger, { range, by: ['team', 'feature'], timeZone }, config),
    ),
    of('unit economics', () => readUnitEconomics(ledger, { range, timeZone }, config)),
    of('behaviour', () => readBehaviour(ledger, { range, timeZone, where: {} })),
    of('releases', () => readReleases(ledger, { range, timeZone, by: 'release', where: {} })),
    of('showback by team and line', () => readShowback(ledger, { rows: 'team', columns: 'line' }, scope)),
    of('weekly review', () =>
      readWeeklyReview(ledger, weekOf(range.toMs - 8 * dayMs, timeZone), { config, simulated: false }),
    ),
    of('what-if (sample)', () => readWhatIf(ledger, range, policies, prices)),
    of('recommendations (samples)', () => readAdvice(ledger, range, config, prices)),
  ];
}
