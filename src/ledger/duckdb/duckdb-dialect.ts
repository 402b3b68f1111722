import type { Dialect, TimeUnit } from '../sql/dialect.ts';
import { dayMs, firstMondayMs, hourMs, weekMs } from '../sql/rollups.ts';

const formats: Readonly<Record<TimeUnit, string>> = {
  minute: '%Y-%m-%dT%H:%M:00Z',
  hour: '%Y-%m-%dT%H:00:00Z',
  day: '%Y-%m-%d',
  week: '%Y-%m-%d',
  month: '%Y-%m',
};

const lengths: Readonly<Partial<Record<TimeUnit, number>>> = {
  minute: 60_000,
  hour: hourMs,
  day: dayMs,
  week: weekMs,
};

/** The rest is that of a moment before 1970 too. */
function timeStart(unit: TimeUnit, ms: string): string {
  const length = lengths[unit];
  if (length === undefined) return `epoch_ms(date_trunc('${unit}', make_timestamp((${ms}) * 1000)))`;
  const since = unit === 'week' ? `(${ms}) - ${firstMondayMs}` : `(${ms})`;
  return `(${ms}) - ((${since}) % ${length} + ${length}) % ${length}`;
}

export const duckDbDialect: Dialect = {
  rowId: 'rowid',
  placeholder: (index) => `$${index}`,
  timeBucket: (unit, ms) => `strftime(date_trunc('${unit}', make_timestamp((${ms}) * 1000)), '${formats[unit]}')`,
  timeStart,
  aboutDistinct: (column) => `approx_count_distinct(${column})`,
  keyOf: (columns) => `hash(${columns.join(', ')})`,
  // A JSON pointer, in which every name can be written.
  tagValue: (column, name, parameters) =>
    `json_extract_string(${column}, ${parameters.bind(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)})`,
  isOneOf: (column, values, parameters) => `list_contains(${parameters.bind(values)}, ${column})`,
  explodeLines: (source) => `
    SELECT * EXCLUDE (line_unit, line_quantity, line_cost), unnest(range(1, greatest(1, len(line_kind)) + 1)) AS place,
      unnest(if(len(line_kind) = 0, [NULL], line_kind)) AS kind,
      unnest(if(len(line_kind) = 0, [NULL], line_bucket)) AS bucket,
      unnest(if(len(line_kind) = 0, [NULL], line_unit)) AS unit,
      unnest(if(len(line_kind) = 0, [NULL], line_quantity)) AS quantity,
      unnest(if(len(line_kind) = 0, [NULL], line_cost)) AS line_cost
    FROM (${source}) AS whole`,
  negated: (column) => `list_transform(${column}, lambda one: -one)`,
  firstPlace: (column, value) => `list_position(${column}, ${value})`,
};
