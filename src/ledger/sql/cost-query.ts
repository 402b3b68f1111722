import { BurnrateError } from '../../base/index.ts';
import { fromPicos } from '../../money/index.ts';
import type { CostQuery, CostRow, Dimension } from '../ledger.ts';
import { costSource } from './cost-source.ts';
import type { Dialect } from './dialect.ts';
import { isOfLines, isTag, tagOf } from './dimensions.ts';
import { rangeOf } from './filters.ts';
import { countOf, groupBy, groupNames, groupsOfSome, readDimensions, regroupings } from './grouped-facts.ts';
import { type Extent, rollupFor } from './rollups.ts';
import { clause, Parameters, type SqlRow, type Statement, toBigInt, toNumber } from './sql-text.ts';

const dimensionsMax = 8;
const filterValuesMax = 1_000;
const rowsMax = 10_000;
const rowsDefault = 1_000;

/** What a question is asked of. */
export interface CostScope {
  readonly extent: Extent;
  readonly dialect: Dialect;
  /** Whether tags are told apart after attempts with the same ones are added up. */
  readonly tagsFirst?: boolean;
}

interface Asked extends CostScope {
  readonly parameters: Parameters;
}

/**
 * What is counted and summed from rows of the shape of `factRows`. A call, run or interaction counts once, in the group
 * of its first attempt; where stages are told apart a run and an interaction count in each stage they reach.
 */
export function measures(inStages: boolean): string {
  return `coalesce(sum(cost), 0) AS cost,
    coalesce(sum(${inStages ? 'stage_runs' : 'runs'}), 0) AS runs,
    coalesce(sum(${inStages ? 'stage_interactions' : 'interactions'}), 0) AS interactions,
    ${commonMeasures}`;
}

const commonNames = [
  ...['calls', 'attempts', 'input_tokens', 'cache_read_tokens', 'output_tokens'],
  ...['unknown_price_attempts', 'estimated_attempts'],
];
export const commonMeasures = commonNames.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(', ');
const measureNames = ['cost', 'runs', 'interactions', ...commonNames];

const inStages = (query: CostQuery): boolean => query.by.includes('stage') || 'stage' in query.where;

/** What is of so many values that only the dearest are added up whole. */
const ofManyValues: readonly string[] = ['run', 'interaction', 'session'];

/** How a question is answered: from every group it tells apart, or, where they are very many, from the dearest alone. */
const onlyDearest = ({ by, orderBy }: CostQuery): boolean =>
  orderBy !== 'dimensions' && by.some((name) => ofManyValues.includes(name)) && !by.some(isOfLines);

/** Whether the total is what the rows sum to: an attempt may have several lines, and count with each. */
export const totalsRows = (query: CostQuery): boolean =>
  !onlyDearest(query) && (query.total === 'rows' || !query.by.some(isOfLines));

/** The rows asked for, then one that says how many there are without the limit and, where `totalsRows`, what they sum to. */
export function groupedCosts(query: CostQuery, scope: CostScope): Statement {
  const parameters = new Parameters(scope.dialect.placeholder);
  const asked = { ...scope, parameters };
  return parameters.statement(onlyDearest(query) ? dearestGroups(query, asked) : allGroups(query, asked));
}

const sums = measureNames.map((name) => `coalesce(sum(${name}), 0) AS ${name}`);
const told = measureNames.map((name) => (name === 'cost' ? name : countOf(name)));
const toldSums = measureNames.map((name) =>
  name === 'cost' ? 'coalesce(sum(cost), 0) AS cost' : countOf(`coalesce(sum(${name}), 0)`, name),
);

function allGroups(query: CostQuery, asked: Asked): string {
  const names = groupNames(query.by);
  return `
    WITH grouped AS MATERIALIZED (${groups(query, asked)})
    (SELECT ${[...names, ...told].join(', ')}, NULL AS row_groups FROM grouped ${firstRows(query, asked)})
    UNION ALL SELECT ${[...nothings(names), ...toldSums].join(', ')}, count(*) AS row_groups FROM grouped`;
}

/** Groups are put in order by their cost alone, and the other sums of those that are asked for added up. */
function dearestGroups(query: CostQuery, asked: Asked): string {
  const names = groupNames(query.by);
  const ranked = costSource(query, { ...asked, by: query.by, sums: ['cost', 'attempts'] });
  const same = names.map((name) => `matched.${name} IS NOT DISTINCT FROM dearest.${name}`).join(' AND ');
  const whole = costSource(query, { ...asked, by: query.by });
  return `
    WITH ranked AS MATERIALIZED (
      SELECT ${names.join(', ')}, coalesce(sum(cost), 0) AS cost FROM (${ranked}) AS matched ${groupsOfSome(names)}),
    dearest AS MATERIALIZED (SELECT ${names.join(', ')} FROM ranked ${firstRows(query, asked)})
    (SELECT ${[...names, measures(inStages(query))].join(', ')}, NULL AS row_groups
      FROM (${whole}) AS matched SEMI JOIN dearest ON ${same} ${groupsOfSome(names)} ${firstRows(query, asked)})
    UNION ALL SELECT ${[...nothings(names), ...nothings(measureNames)].join(', ')}, count(*) AS row_groups FROM ranked`;
}

/** Which of some groupings are read from the same sums and can be added up from each other's groups, by their places. */
export function readTogether(
  query: Omit<CostQuery, 'by'>,
  groupings: readonly (readonly Dimension[])[],
): readonly (readonly number[])[] {
  const kinds = new Map<string, number[]>();
  for (const [place, by] of groupings.entries()) {
    const asked = { ...query, by };
    const names = [...by, ...Object.keys(query.where)];
    const apart = onlyDearest(asked) || !totalsRows(asked) || names.includes('bucket') || names.some(isTag);
    const kind = apart ? `${place}` : JSON.stringify([rollupFor(asked)?.table, by.includes('line')]);
    kinds.set(kind, [...(kinds.get(kind) ?? []), place]);
  }
  return [...kinds.values()];
}

/** Rows and sums of several groupings, of those that `readTogether`, each row with the number of its own. */
export function regroupedCosts(
  query: Omit<CostQuery, 'by'>,
  groupings: readonly (readonly Dimension[])[],
  scope: CostScope,
): Statement {
  const parameters = new Parameters(scope.dialect.placeholder);
  const asked = { ...scope, parameters };
  const { by, each } = regroupings(groupings);
  const names = groupNames(by);
  const source = costSource({ ...query, by }, { ...asked, by });
  const added = addedUp.map((name) => `coalesce(sum(${name}), 0) AS ${name}`);
  const tables = each.map(({ number, places, shown }) => {
    const whole = { ...query, by: groupings[number] ?? [] };
    return `grouping_${number} AS MATERIALIZED (SELECT ${[...shown, measures(inStages(whole))].join(', ')} FROM facts ${groupBy(places)})`;
  });
  const most = groupNames(Array.from({ length: Math.max(...groupings.map(({ length }) => length)) }));
  const rows = each.flatMap(({ number }) => [
    `(SELECT ${[`${number} AS grouping_number`, ...most, ...told].join(', ')}, NULL AS row_groups FROM grouping_${number}
      ${firstRows({ ...query, by: groupings[number] ?? [] }, asked)})`,
    `SELECT ${[`${number} AS grouping_number`, ...nothings(most), ...toldSums].join(', ')}, count(*) AS row_groups FROM grouping_${number}`,
  ]);
  return parameters.statement(`
    WITH facts AS MATERIALIZED (SELECT ${[...names, ...added].join(', ')} FROM (${source}) AS matched ${groupsOfSome(names)}),
    ${tables.join(', ')}
    ${rows.join(' UNION ALL ')}`);
}

const addedUp: readonly string[] = [
  ...['cost', 'runs', 'stage_runs', 'interactions', 'stage_interactions'],
  ...commonNames,
];

const nothings = (names: readonly string[]): string[] => names.map((name) => `NULL AS ${name}`);

function firstRows(query: CostQuery, { parameters }: Asked): string {
  const names = groupNames(query.by);
  const order = query.orderBy === 'dimensions' || names.length === 0 ? names : ['cost DESC', ...names];
  return `${clause('ORDER BY', order)} LIMIT ${parameters.bind(Math.min(query.limit ?? rowsDefault, rowsMax))}`;
}

/** Every group; where `tagsFirst`, tags are taken apart once for all attempts with the same ones. */
function groups(query: CostQuery, asked: Asked): string {
  const names = groupNames(query.by);
  const source = costSource(query, { ...asked, by: query.by });
  const grouped = `SELECT ${[...names, measures(inStages(query))].join(', ')} FROM (${source}) AS matched ${groupsOfSome(names)}`;
  if (!asked.tagsFirst) return grouped;
  const { dialect, parameters } = asked;
  const told = query.by.map((name, index) =>
    isTag(name) ? `${tagOf(name, `d${index}`, dialect, parameters)} AS d${index}` : `d${index}`,
  );
  return `SELECT ${[...names, ...sums].join(', ')} FROM (SELECT ${[...told, ...measureNames].join(', ')} FROM (${grouped}) AS tagged) AS told ${groupBy(names)}`;
}

/** Tags told apart at most for them to be taken apart after attempts with the same ones are added up. */
export const tagsMax = 50_000;

/** About how many different sets of tags attempts of the range have; null where that is of no use. */
export function differentTags(query: CostQuery, { dialect }: CostScope): Statement | null {
  if (!query.by.some(isTag) || query.by.some(isOfLines) || onlyDearest(query)) return null;
  const parameters = new Parameters(dialect.placeholder);
  return parameters.statement(
    `SELECT ${dialect.aboutDistinct('tags')} AS tags FROM attempts WHERE ${rangeOf(query, parameters)}`,
  );
}

/** One row: the sums over everything that matches. */
export function totalCosts(query: CostQuery, { extent, dialect }: CostScope): Statement {
  const parameters = new Parameters(dialect.placeholder);
  const source = costSource(query, { extent, dialect, parameters, by: [] });
  return parameters.statement(`SELECT ${measures(inStages(query))} FROM (${source}) AS matched`);
}

/** Reads a row of either; `by` names the dimensions in the order they were asked for. */
export function readCostRow(row: SqlRow, by: readonly string[]): CostRow {
  return {
    dimensions: readDimensions(row, by),
    cost: fromPicos(toBigInt(row.cost)),
    runs: toNumber(row.runs),
    interactions: toNumber(row.interactions),
    calls: toNumber(row.calls),
    attempts: toNumber(row.attempts),
    inputTokens: toNumber(row.input_tokens),
    cacheReadTokens: toNumber(row.cache_read_tokens),
    outputTokens: toNumber(row.output_tokens),
    unknownPriceAttempts: toNumber(row.unknown_price_attempts),
    estimatedAttempts: toNumber(row.estimated_attempts),
  };
}

/** @throws BurnrateError bad_request when a question asks for too much at once */
export function checkBounds({ by, where, limit }: CostQuery): void {
  const values = Object.values(where).flatMap((list) => list ?? []).length;
  const problem =
    by.length > dimensionsMax
      ? `at most ${dimensionsMax} dimensions at once`
      : values > filterValuesMax
        ? `at most ${filterValuesMax} filter values`
        : limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= rowsMax)
          ? `limit is a whole number from 1 to ${rowsMax}`
          : null;
  if (problem) throw new BurnrateError('bad_request', { message: problem });
}
