import type { Config } from '../../config/index.ts';
import type {
  CostQuery,
  EconomicQuery,
  EndingRow,
  TimeRange,
  TrafficRow,
  UsersRow,
  WorkflowFacts,
  WorkRow,
} from '../../ledger/index.ts';
import { addUsd, type Usd, zeroUsd } from '../../money/index.ts';
import type { LineKind, OutcomeKind } from '../../tree/index.ts';
import { readCostStack } from '../stack/cost-stack.ts';
import { type EconomicLedger, groupFilters, groupsMax } from '../stack/read-stack-facts.ts';
import { readWork } from '../stack/read-work.ts';
import type { CostStack } from '../stack/stack.ts';

export interface UnitQuestion {
  readonly range: TimeRange;
  readonly timeZone: string;
  /** Only what these bear and did. */
  readonly where?: CostQuery['where'];
  /** Whether customers are told apart, of whom there may be very many; they are when absent. */
  readonly customers?: boolean;
}

/** What one workflow, or everything, did in the range and what it cost. */
export interface UnitFacts {
  /** Null for everything together. */
  readonly workflow: string | null;
  readonly cost: Usd;
  readonly tokenCost: Usd;
  readonly costByLine: ReadonlyMap<LineKind, Usd>;
  readonly calls: number;
  readonly completedCalls: number;
  readonly retriedCalls: number;
  readonly interactions: number;
  readonly runs: number;
  readonly sessions: number;
  readonly users: number;
  readonly outcomes: Readonly<Record<OutcomeKind, number>>;
  readonly value: Usd;
  readonly humanMinutes: number;
  /** Bytes kept for each call; null when nothing is said of observability. */
  readonly bytesStoredPerCall: number | null;
}

/** Everything unit figures are computed from, read once. */
export interface UnitReadings {
  readonly whole: UnitFacts;
  readonly workflows: readonly UnitFacts[];
  readonly stages: readonly TrafficRow[];
  readonly byPlan: CostStack;
  readonly usersByPlan: readonly UsersRow[];
  /** Null where customers were not to be told apart. */
  readonly customers: { readonly stack: CostStack; readonly users: readonly UsersRow[] } | null;
}

export async function readUnits(ledger: EconomicLedger, question: UnitQuestion, config: Config): Promise<UnitReadings> {
  const { range, timeZone, customers: apart = true } = question;
  const stack = (by: 'workflow' | 'plan' | 'customer') => readCostStack(ledger, { ...question, by: [by] }, config);
  const common = { range, timeZone, where: groupFilters(question.where) };
  const [byWorkflow, byPlan, customers, facts, work, workflows, stages, users] = await Promise.all([
    ...([stack('workflow'), stack('plan'), apart ? readCustomers() : null] as const),
    readCounts(ledger, common),
    readWork(ledger, { ...common, by: ['workflow'] }),
    ledger.traffic({ ...common, by: ['workflow'] }),
    ledger.traffic({ ...common, by: ['workflow', 'stage'] }),
    ledger.users(common, [[], ['workflow'], ['plan']]),
  ]);
  const [everybody = [], usersByWorkflow = [], usersByPlan = []] = users;
  const named = [...facts, ...bearersAmong(byWorkflow, facts)].map((each) =>
    workflowFacts(each, { stack: byWorkflow, workflows, users: usersByWorkflow, work }),
  );
  return {
    whole: wholeFacts(named, { stack: byWorkflow, workflows, users: everybody[0]?.users ?? 0, work }),
    workflows: named,
    ...{ stages, byPlan, usersByPlan, customers },
  };

  async function readCustomers() {
    const [all, [own = []]] = await Promise.all([stack('customer'), ledger.users(common, [['customer', 'plan']])]);
    return { stack: all, users: own };
  }
}

type WorkflowCounts = Pick<WorkflowFacts, 'runs' | 'interactions' | 'calls' | 'outcomes' | 'value' | 'humanMinutes'> & {
  readonly name: string;
};

/** How much there was and how it ended, by workflow, in the order of the names. */
async function readCounts(ledger: EconomicLedger, query: EconomicQuery): Promise<WorkflowCounts[]> {
  const [costs, [endings = []]] = await Promise.all([
    ledger.costs({ ...query, by: ['workflow'], limit: groupsMax }),
    ledger.endings(query, [['workflow']]),
  ]);
  const rows = costs.rows.toSorted((a, b) => ((a.dimensions.workflow ?? '') < (b.dimensions.workflow ?? '') ? -1 : 1));
  return rows.map(({ dimensions, runs, interactions, calls }) => {
    const name = dimensions.workflow ?? '';
    return {
      name,
      runs,
      interactions,
      calls,
      ...endedAs(endings.filter((row) => (row.dimensions.workflow ?? '') === name)),
    };
  });
}

/** Workflows that bear part of the cost and had no call: a share that was stated, or people's work. */
function bearersAmong({ groups }: CostStack, counted: readonly WorkflowCounts[]): WorkflowCounts[] {
  const names = new Set(counted.map(({ name }) => name));
  return groups.flatMap(({ dimensions, total }) => {
    const name = dimensions.workflow ?? '';
    if (names.has(name) || total.picos === 0n) return [];
    return [{ name, runs: 0, interactions: 0, calls: 0, ...endedAs([]) }];
  });
}

function endedAs(rows: readonly EndingRow[]): Pick<WorkflowFacts, 'outcomes' | 'value' | 'humanMinutes'> {
  const ended = (kind: OutcomeKind) => rows.reduce((sum, row) => sum + (row.outcome === kind ? row.runs : 0), 0);
  return {
    outcomes: {
      ...{ success: ended('success'), escalated: ended('escalated') },
      ...{ abandoned: ended('abandoned'), failed: ended('failed') },
    },
    value: rows.reduce((sum, { value }) => addUsd(sum, value), zeroUsd),
    humanMinutes: rows.reduce((sum, { humanMinutes }) => sum + humanMinutes, 0),
  };
}

interface WorkflowReadings {
  readonly stack: CostStack;
  readonly workflows: readonly TrafficRow[];
  readonly users: readonly UsersRow[];
  readonly work: readonly WorkRow[];
}

function workflowFacts(facts: WorkflowCounts, { stack, workflows, users, work }: WorkflowReadings): UnitFacts {
  const workflow = facts.name;
  const own = (row: { readonly dimensions: Readonly<Record<string, string | null>> }) =>
    (row.dimensions.workflow ?? '') === workflow;
  const place = stack.groups.findIndex(own);
  const group = stack.groups[place];
  const traffic = workflows.find(own);
  return {
    workflow,
    cost: group?.total ?? zeroUsd,
    tokenCost: group?.tokenCost ?? zeroUsd,
    costByLine: costByLine(stack, place),
    calls: facts.calls,
    completedCalls: traffic?.completedCalls ?? 0,
    retriedCalls: traffic?.retriedCalls ?? 0,
    interactions: facts.interactions,
    runs: facts.runs,
    sessions: traffic?.sessions ?? 0,
    users: users.find(own)?.users ?? 0,
    outcomes: facts.outcomes,
    value: facts.value,
    humanMinutes: facts.humanMinutes + minutesOf(work.filter(own)),
    bytesStoredPerCall: stack.bytesStoredPerCall,
  };
}

function isAmong(all: readonly UnitFacts[], { dimensions }: WorkRow): boolean {
  return all.some(({ workflow }) => workflow === (dimensions.workflow ?? ''));
}

function costByLine({ lines }: CostStack, place: number | null): ReadonlyMap<LineKind, Usd> {
  const sums = new Map<LineKind, Usd>();
  for (const { line, cost, parts } of lines) {
    const own = place === null ? cost : (parts[place] ?? zeroUsd);
    sums.set(line, addUsd(sums.get(line) ?? zeroUsd, own));
  }
  return sums;
}

interface WholeReadings {
  readonly stack: CostStack;
  readonly workflows: readonly TrafficRow[];
  readonly users: number;
  readonly work: readonly WorkRow[];
}

const minutesOf = (work: readonly WorkRow[]) => work.reduce((total, { minutes }) => total + minutes, 0);

function wholeFacts(all: readonly UnitFacts[], { stack, workflows, users, work }: WholeReadings): UnitFacts {
  const sum = (read: (facts: UnitFacts) => number) => all.reduce((total, facts) => total + read(facts), 0);
  const flowed = (read: (row: TrafficRow) => number) => workflows.reduce((total, row) => total + read(row), 0);
  const ended = (kind: OutcomeKind) => sum((facts) => facts.outcomes[kind]);
  return {
    workflow: null,
    cost: stack.total,
    tokenCost: stack.tokenCost,
    costByLine: costByLine(stack, null),
    calls: sum((facts) => facts.calls),
    completedCalls: flowed((row) => row.completedCalls),
    retriedCalls: flowed((row) => row.retriedCalls),
    interactions: sum((facts) => facts.interactions),
    runs: sum((facts) => facts.runs),
    sessions: flowed((row) => row.sessions),
    users,
    outcomes: {
      ...{ success: ended('success'), escalated: ended('escalated') },
      ...{ abandoned: ended('abandoned'), failed: ended('failed') },
    },
    value: all.reduce((total, facts) => addUsd(total, facts.value), zeroUsd),
    // Work on what no call of the range belongs to counts here and in no workflow.
    humanMinutes: sum((facts) => facts.humanMinutes) + minutesOf(work.filter((row) => !isAmong(all, row))),
    bytesStoredPerCall: stack.bytesStoredPerCall,
  };
}
