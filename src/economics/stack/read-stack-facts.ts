import type { Config } from '../../config/index.ts';
import type {
  CostRow,
  Dimension,
  EconomicQuestions,
  EndingRow,
  Ledger,
  RetryRow,
  TimeRange,
  TrafficRow,
} from '../../ledger/index.ts';
import { subtractUsd, type Usd } from '../../money/index.ts';
import { attributionNames } from '../../tree/index.ts';

/** What economics asks of the ledger. */
export type EconomicLedger = Pick<Ledger, 'costs' | 'workflows'> & EconomicQuestions;

/** Groups told apart; what is beyond is one group of its own, without names. */
const groupsMax = 10_000;

/** What the ledger knows of a range, at the grain of workflow and the dimensions asked for. */
export interface StackFacts {
  readonly dimensions: readonly Dimension[];
  /** By workflow and the dimensions. */
  readonly groups: readonly CostRow[];
  readonly total: CostRow;
  /** By workflow, the dimensions, stage, operation and line. */
  readonly lines: readonly CostRow[];
  readonly linesTotal: Usd;
  readonly endings: readonly EndingRow[];
  readonly traffic: readonly TrafficRow[];
  readonly retries: readonly RetryRow[];
  /** By provider with a reservation: its tokens and calls, by workflow and the dimensions. */
  readonly reserved: ReadonlyMap<string, readonly CostRow[]>;
}

export interface StackQuestion {
  readonly range: TimeRange;
  readonly by: readonly Dimension[];
  readonly timeZone: string;
}

const unique = (names: readonly Dimension[]): Dimension[] => [...new Set(names)];
/** Endings know the labels of a run's first attempt, and when it began. */
const ofRuns = new Set<string>([...attributionNames, 'day', 'week', 'month', 'hour', 'simulated', 'key']);

export async function readStackFacts(
  ledger: EconomicLedger,
  question: StackQuestion,
  config: Config,
): Promise<StackFacts> {
  const { range, timeZone } = question;
  const dimensions = unique(['workflow', ...question.by]);
  const common = { range, where: {}, timeZone };
  const fine = unique([...dimensions, 'stage', 'operation', 'line']);
  const [groups, lines, endings, traffic, retries, reserved] = await Promise.all([
    ledger.costs({ ...common, by: dimensions, limit: groupsMax }),
    ledger.costs({ ...common, by: fine, limit: groupsMax }),
    ledger.endings({ ...common, by: dimensions.filter((name) => ofRuns.has(name)) }),
    ledger.traffic({ ...common, by: dimensions }),
    ledger.retries(common),
    readReserved(ledger, { ...question, by: dimensions }, config),
  ]);
  const rest = remainder(groups.rows, groups.total);
  return {
    dimensions,
    groups: rest ? [...groups.rows, rest] : groups.rows,
    total: groups.total,
    lines: lines.rows,
    linesTotal: lines.total.cost,
    endings,
    traffic,
    retries,
    reserved,
  };
}

async function readReserved(ledger: EconomicLedger, { range, by, timeZone }: StackQuestion, config: Config) {
  const names = Object.entries(config.providers).flatMap(([name, { reserved }]) => (reserved ? [name] : []));
  const answers = await Promise.all(
    names.map((name) => ledger.costs({ range, by, timeZone, where: { provider: [name] }, limit: groupsMax })),
  );
  return new Map(names.map((name, index) => [name, answers[index]?.rows ?? []]));
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
