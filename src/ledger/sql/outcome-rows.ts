import type { GroupedQuery } from '../economic-questions.ts';
import type { TimeRange } from '../ledger.ts';
import { type DaySpans, daysWithin } from './day-spans.ts';
import { attributionColumns, timeUnitOf } from './dimensions.ts';
import { dayMs, isUtc } from './rollups.ts';
import { minutesNotReviewed } from './run-endings.ts';
import type { Parameters } from './sql-text.ts';

/** What describes a run: columns of its first attempt that are kept beside its outcome. */
export const runLabels: readonly string[] = [...Object.values(attributionColumns), 'key_id', 'simulated'];
/** Those of few values, by which outcomes are summed and those of deleted runs counted. */
export const keptRunLabels: readonly string[] = runLabels.filter(
  (name) => !['run', 'session_id', 'interaction', 'user_id'].includes(name),
);

/** Beside an outcome: every model that answered in its run, as `nameInList` writes them; summed too, but not kept of deleted runs. */
export const modelList = 'models';
const summedRunLabels: readonly string[] = [...keptRunLabels, modelList];

/** Some names as one text in which each can be found for sure: a quoted name holds no quote that a comma is before. */
export const listNames = (names: Iterable<string>): string => [...new Set(names)].sort().map(nameInList).join('');
export const nameInList = (name: string): string => `,${JSON.stringify(name)}`;

/** What an outcome adds to each sum. */
const counted: Readonly<Record<string, string>> = {
  runs: '1',
  value: 'coalesce(value, 0)',
  human_minutes: minutesNotReviewed,
  ratings: 'CASE WHEN csat IS NULL THEN 0 ELSE 1 END',
  csat: 'coalesce(csat, 0)',
};
export const outcomeSums: readonly string[] = Object.keys(counted);

/** Outcomes that count and meet a condition, by UTC day and labels: as they are summed, or as they are kept of deleted runs. */
export function outcomesByDay(condition: string, kept: 'summed' | 'deleted'): string {
  const labels = kept === 'summed' ? summedRunLabels : keptRunLabels;
  const sums = Object.entries(counted).map(([name, value]) => `sum(${value}) AS ${name}`);
  return `
    SELECT run_began_at - run_began_at % ${dayMs} AS started_at, ${labels.join(', ')}, outcome, role, ${sums.join(', ')}
    FROM outcomes WHERE counts AND ${condition} GROUP BY ALL`;
}

/** The days of a range whose outcomes may be read summed: none where a question tells apart what sums do not. */
export function summedDays(query: GroupedQuery, labels: readonly string[], spans: DaySpans): DaySpans {
  const units = [...query.by, ...Object.keys(query.where)].map(timeUnitOf);
  const ofDays = units.every((unit) => unit === null || (unit !== 'hour' && isUtc(query)));
  return ofDays && labels.every((name) => summedRunLabels.includes(name)) ? daysWithin(spans, query.range) : [];
}

/**
 * Outcomes that count of runs that began in the range, by when their run began, with some labels and all sums: summed for
 * `days`, else one by one; those of deleted runs as counts of a day. The latest outcome of a run counts, whenever it came.
 */
export function outcomeRows(
  range: TimeRange,
  labels: readonly string[],
  days: DaySpans,
  parameters: Parameters,
): string {
  const within = (time: string, { fromMs, toMs }: TimeRange) =>
    `${time} >= ${parameters.bind(fromMs)} AND ${time} < ${parameters.bind(toMs)}`;
  const single = Object.entries(counted).map(([name, value]) => `${value} AS ${name}`);
  const told = (known: readonly string[]) => {
    const of = labels.map((name) => (known.includes(name) ? named(name) : `CAST(NULL AS VARCHAR) AS ${name}`));
    return ['started_at', ...of, 'outcome', 'role', ...outcomeSums].join(', ');
  };
  const alone = [within('run_began_at', range), ...days.map((span) => `NOT (${within('run_began_at', span)})`)];
  return [
    `SELECT ${['run_began_at AS started_at', ...labels.map(named), 'outcome', 'role', ...single].join(', ')}
     FROM outcomes WHERE counts AND ${alone.join(' AND ')}`,
    ...days.map((span) => `SELECT ${told(summedRunLabels)} FROM outcome_sums WHERE ${within('started_at', span)}`),
    `SELECT ${told(keptRunLabels)} FROM daily_outcomes WHERE ${within('started_at', range)}`,
  ].join(' UNION ALL ');
}

/** Beside outcomes a run without a workflow is under the empty name, as in `workflow-query.ts`. */
const named = (label: string): string => (label === 'workflow' ? "nullif(workflow, '') AS workflow" : label);
