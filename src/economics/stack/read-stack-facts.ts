import { BurnrateError } from '../../base/index.ts';
import type { Config } from '../../config/index.ts';
import type {
  CostAnswer,
  CostQuery,
  CostRow,
  Dimension,
  EconomicQuestions,
  EndingRow,
  Ledger,
  RetryRow,
  TimeRange,
  TrafficRow,
  WorkRow,
} from '../../ledger/index.ts';
import { subtractUsd, type Usd } from '../../money/index.ts';
import { askOnce } from './ask-once.ts';
import { paidIn } from './calendar-share.ts';
import { readEndings, readWorked } from './people-facts.ts';

/** What economics asks of the ledger. */
export type EconomicLedger = Pick<Ledger, 'costs' | 'costsBy' | 'workflows' | 'work'> & EconomicQuestions;

/** Groups told apart; what is beyond is one group of its own, without names. */
export const groupsMax = 10_000;

/** What the ledger knows of a range, at the grain of workflow and the dimensions asked for. */
export interface StackFacts {
  readonly dimensions: readonly Dimension[];
  /** By workflow and the dimensions. */
  readonly groups: readonly CostRow[];
  readonly total: CostRow;
  /** By workflow, the dimensions, stage, operation and line. */
  readonly lines: readonly CostRow[];
  readonly linesTotal: Usd;
  /** Labels of what is in `linesTotal` and in no line. */
  readonly unlisted: Readonly<Record<string, string | null>>;
  readonly endings: readonly EndingRow[];
  /** Minutes people spent on reviews. */
  readonly work: readonly WorkRow[];
  /** Runs of each workflow, counted once each whatever the dimensions. */
  readonly runs: ReadonlyMap<string, number>;
  /** By workflow. */
  readonly traffic: readonly TrafficRow[];
  readonly retries: readonly RetryRow[];
  /** What was used of providers whose capacity is held for the product, by workflow and the dimensions. */
  readonly held: ReadonlyMap<string, Pick<CostAnswer, 'rows' | 'total'>>;
  /** The same of parts of the range in which something is paid by the piece, by `rangeKey`. */
  readonly pieces: ReadonlyMap<string, Pick<CostAnswer, 'rows' | 'total'>>;
}

export interface StackQuestion {
  readonly range: TimeRange;
  readonly by: readonly Dimension[];
  readonly timeZone: string;
  /** Only what these bear of the full cost; overheads are shared out among everybody first. `line` tells lines apart. */
  readonly where?: CostQuery['where'];
}

/** The dimensions filtered by that groups have; lines are told apart, not groups. */
export function groupFilters(where: CostQuery['where'] = {}): CostQuery['where'] {
  return Object.fromEntries(Object.entries(where).filter(([name]) => name !== 'line'));
}

/** True for labels that every filter lets through; an empty value means "without one". */
export function matches(labels: Readonly<Record<string, string | null>>, where: CostQuery['where'] = {}): boolean {
  return Object.entries(groupFilters(where)).every(([name, values]) => values?.includes(labels[name] ?? '') ?? true);
}

const unique = (names: readonly Dimension[]): Dimension[] => [...new Set(names)];
/** @throws BURNRATE bad_request when filters would have to tell more groups apart than are read */
export async function readStackFacts(
  source: EconomicLedger,
  question: StackQuestion,
  config: Config,
): Promise<StackFacts> {
  const ledger = askOnce(source);
  const { range, timeZone } = question;
  const where = groupFilters(question.where);
  const dimensions = unique(['workflow', ...question.by, ...(Object.keys(where) as Dimension[])]);
  const common = { range, where: {}, timeZone };
  const fine = unique([...dimensions, 'stage', 'operation', 'line']);
  const [groups, lines, endings, work, workflows, traffic, retries, held, pieces] = await Promise.all([
    ledger.costs({ ...common, by: dimensions, limit: groupsMax }),
    ledger.costs({ ...common, where, by: fine, limit: groupsMax, total: 'rows' }),
    readEndings(ledger, common, dimensions),
    readWorked(ledger, { ...common, by: dimensions }),
    ledger.costs({ ...common, by: ['workflow'], limit: groupsMax }),
    ledger.traffic({ ...common, by: ['workflow'] }),
    ledger.retries({ ...common, where }),
    readHeld(ledger, { ...question, by: dimensions }, config),
    readPieces(ledger, { ...question, by: dimensions }, config),
  ]);
  const rest = remainder(groups.rows, groups.total);
  if (rest && Object.keys(where).length > 0) {
    const message = `More than ${groupsMax} groups share the full cost; ask for fewer dimensions, or without filters.`;
    throw new BurnrateError('bad_request', { message });
  }
  return {
    dimensions,
    groups: rest ? [...groups.rows, rest] : groups.rows,
    total: groups.total,
    lines: lines.rows,
    linesTotal: lines.total.cost,
    unlisted: labelsOf(where),
    endings,
    work,
    runs: new Map(workflows.rows.map(({ dimensions: { workflow }, runs }) => [workflow ?? '', runs])),
    traffic,
    retries,
    held,
    pieces,
  };
}

/** Labels that the filters let through. */
function labelsOf(where: CostQuery['where']): Record<string, string | null> {
  return Object.fromEntries(Object.entries(where).map(([name, values]) => [name, values?.[0] || null]));
}

/** Providers whose capacity is paid whether it is used or not. */
async function readHeld(ledger: EconomicLedger, { range, by, timeZone }: StackQuestion, config: Config) {
  const names = Object.entries(config.providers).flatMap(([name, { reserved, gpu }]) =>
    reserved || gpu ? [name] : [],
  );
  const answers = await Promise.all(
    names.map((name) => ledger.costs({ range, by, timeZone, where: { provider: [name] }, limit: groupsMax })),
  );
  return new Map(answers.map((answer, index) => [names[index] ?? '', answer]));
}

export const rangeKey = ({ fromMs, toMs }: TimeRange): string => `${fromMs} ${toMs}`;

async function readPieces(ledger: EconomicLedger, { range, by, timeZone }: StackQuestion, config: Config) {
  const { infrastructure, capacity, compliance } = config.overheads;
  const priced = [...infrastructure, ...capacity, ...compliance].filter(
    ({ perCallUsd, perMillionTokensUsd }) => perCallUsd ?? perMillionTokensUsd,
  );
  const paid = new Map(priced.map((cost) => paidIn({ range, config }, cost)).map((part) => [rangeKey(part), part]));
  const parts = [...paid].filter(([key, { fromMs, toMs }]) => key !== rangeKey(range) && fromMs < toMs);
  const read = parts.map(async ([key, part]) => {
    return [key, await ledger.costs({ range: part, by, timeZone, where: {}, limit: groupsMax })] as const;
  });
  return new Map(await Promise.all(read));
}

/** What is in the total and in no row, as a row without names; null when nothing is. */
function remainder(rows: readonly CostRow[], total: CostRow): CostRow | null {
  const left = (read: (row: CostRow) => number) =>
    Math.max(0, read(total) - rows.reduce((sum, row) => sum + read(row), 0));
  const cost = rows.reduce((sum, row) => subtractUsd(sum, row.cost), total.cost);
  const attempts = left((row) => row.attempts);
  if (attempts === 0 && cost.picos === 0n) return null;
  return {
    ...total,
    dimensions: {},
    cost,
    attempts,
    runs: left((row) => row.runs),
    interactions: left((row) => row.interactions),
    calls: left((row) => row.calls),
    inputTokens: left((row) => row.inputTokens),
    cacheReadTokens: left((row) => row.cacheReadTokens),
    outputTokens: left((row) => row.outputTokens),
  };
}
