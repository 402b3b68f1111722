import type { AttemptCursor, CostQuery, TimeRange } from '../../ledger/index.ts';
import { addUsd, type Usd, zeroUsd } from '../../money/index.ts';
import type { Attempt } from '../../tree/index.ts';
import { type CostAt, countsDays } from '../sampling/block-interval.ts';
import { groupBy } from '../sampling/group-by.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';

/** Attempts of some stages over a range: all of them, or where there are very many stretches spread evenly over it. */
export interface StageAttempts {
  /** In the order they began. */
  readonly attempts: readonly Attempt[];
  /** What was there in all, by which figures of a sample are scaled. */
  readonly whole: WholeHistory;
  readonly sampled: boolean;
}

export interface WholeHistory {
  readonly attempts: number;
  readonly cost: Usd;
  /** What each day, or each hour of a short range, cost; only where a sample was read. */
  readonly costs?: readonly CostAt[];
}

interface StageName {
  readonly workflow: string;
  readonly stage: string;
}

const pageSize = 5_000;
/** Stretches of a sample. Within each every attempt is there, so that what follows on another is seen. */
const stretches = 8;

type HistoryLedger = Pick<EconomicLedger, 'costs' | 'history'>;

/** Attempts of the stages, `attemptsMax` at most. */
export async function readStageAttempts(
  ledger: HistoryLedger,
  range: TimeRange,
  stages: readonly StageName[],
  attemptsMax: number,
): Promise<StageAttempts> {
  const names = (key: keyof StageName) => [...new Set(stages.map((stage) => stage[key]))];
  const where = { workflow: names('workflow'), stage: names('stage') };
  const { rows } = await ledger.costs({ range, where, by: ['workflow', 'stage'] });
  const own = rows.filter(({ dimensions }) =>
    stages.some(({ workflow, stage }) => workflow === dimensions.workflow && stage === dimensions.stage),
  );
  const whole = {
    attempts: own.reduce((sum, row) => sum + row.attempts, 0),
    cost: own.reduce((sum, row) => addUsd(sum, row.cost), zeroUsd),
  };
  if (whole.attempts <= attemptsMax) {
    return { attempts: await readWhole(ledger, range, stages, attemptsMax), whole, sampled: false };
  }
  const unit = countsDays(range) ? 'day' : 'hour';
  const [attempts, times] = await Promise.all([
    readStretches(ledger, range, where, attemptsMax),
    ledger.costs({ range, where, by: [unit] }),
  ]);
  const costs = times.rows.map(({ dimensions, cost }) => ({ atMs: Date.parse(dimensions[unit] ?? ''), cost }));
  return { attempts, whole: { ...whole, costs }, sampled: true };
}

/** Workflow by workflow: filters of several would let through stages of one that were asked for of another. */
async function readWhole(
  ledger: HistoryLedger,
  range: TimeRange,
  stages: readonly StageName[],
  attemptsMax: number,
): Promise<Attempt[]> {
  const workflows = [...groupBy(stages, ({ workflow }) => workflow)];
  const read = workflows.map(([workflow, own]) =>
    readPages(ledger, range, { workflow: [workflow], stage: own.map(({ stage }) => stage) }, attemptsMax),
  );
  return (await Promise.all(read)).flat().sort((a, b) => a.startedAtMs - b.startedAtMs);
}

async function readPages(
  ledger: HistoryLedger,
  range: TimeRange,
  where: CostQuery['where'],
  attemptsMax: number,
): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  let after: AttemptCursor | undefined;
  for (;;) {
    const page = await ledger.history({ range, where }, Math.min(pageSize, attemptsMax), after);
    attempts.push(...page);
    if (page.length < pageSize || attempts.length >= attemptsMax) return attempts;
    after = page.at(-1);
  }
}

async function readStretches(
  ledger: HistoryLedger,
  { fromMs, toMs }: TimeRange,
  where: CostQuery['where'],
  attemptsMax: number,
): Promise<Attempt[]> {
  const at = (index: number) => Math.round(fromMs + ((toMs - fromMs) * index) / stretches);
  const pages = await Promise.all(
    Array.from({ length: stretches }, (_, index) => {
      const range = { fromMs: at(index), toMs: at(index + 1) };
      return ledger.history({ range, where }, Math.floor(attemptsMax / stretches));
    }),
  );
  return pages.flat();
}
