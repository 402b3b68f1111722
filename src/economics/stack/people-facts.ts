import type { Dimension, EconomicQuery, EndingRow, GroupedQuery, Ledger, WorkRow } from '../../ledger/index.ts';
import { attributionNames } from '../../tree/index.ts';
import { groupBy } from '../sampling/group-by.ts';
import type { EconomicLedger } from './read-stack-facts.ts';
import { readWork } from './read-work.ts';

/** Endings know the labels of a run's first attempt, and when it began; its stage is not where people worked. */
const ofRuns = new Set<string>([
  ...attributionNames.filter((name) => name !== 'stage'),
  'day',
  'week',
  'month',
  'hour',
  'simulated',
  'key',
]);
const isTag = (name: string): boolean => name.startsWith('tag.');

/** By nothing else are minutes always told in full: tags go with attempts, and of very many rows the ledger gives so many. */
const coarsest: readonly Dimension[] = ['workflow'];

/** Minutes of outcomes where their runs began, all of them: what finer rows leave out is told by coarser ones. */
export async function readEndings(
  ledger: Pick<EconomicLedger, 'endings'>,
  query: EconomicQuery,
  dimensions: readonly Dimension[],
): Promise<readonly EndingRow[]> {
  const plain = dimensions.filter((name) => ofRuns.has(name));
  const levels = distinct([[...plain, ...dimensions.filter(isTag)], plain, coarsest]);
  const [finest = [], ...coarser] = await ledger.endings(query, levels);
  const keyOf = ({ outcome, role }: EndingRow) => [outcome, role];
  const rows = finest.map((row) => ({ ...row, minutes: row.humanMinutes }));
  for (const [index, answer] of coarser.entries()) {
    const all = answer.map((row) => ({ ...row, minutes: row.humanMinutes }));
    rows.push(...beyond(all, rows, levels[index + 1] ?? [], keyOf));
  }
  return rows.map(({ minutes, ...row }) => ({ ...row, humanMinutes: minutes }));
}

function distinct(lists: readonly (readonly Dimension[])[]): (readonly Dimension[])[] {
  return [...new Map(lists.map((list) => [list.join(), list])).values()];
}

/** Minutes of reviews where they were spent, all of them. */
export async function readWorked(ledger: Pick<Ledger, 'work'>, query: GroupedQuery): Promise<readonly WorkRow[]> {
  const asked = distinct([query.by, coarsest]).map((by) => readWork(ledger, { ...query, by }));
  const [rows = [], all = []] = await Promise.all(asked);
  return [...rows, ...beyond(all, rows, coarsest, ({ role, kind, decision }) => [role, kind, decision])];
}

/** Minutes are told in fractions; less than this is rounding. */
const minutesMin = 1e-6;

interface Minutes {
  readonly dimensions: Readonly<Record<string, string | null>>;
  readonly minutes: number;
}

/** What rows tell of minutes that finer rows do not. */
function beyond<Row extends Minutes>(
  all: readonly Row[],
  finer: readonly Row[],
  by: readonly string[],
  namesOf: (row: Row) => readonly unknown[],
): Row[] {
  const keyOf = (row: Row) => JSON.stringify([namesOf(row), by.map((name) => row.dimensions[name] ?? null)]);
  const told = groupBy(finer, keyOf);
  return all.flatMap((row) => {
    const known = (told.get(keyOf(row)) ?? []).reduce((sum, { minutes }) => sum + minutes, 0);
    const minutes = row.minutes - known;
    return minutes > minutesMin ? [{ ...row, minutes }] : [];
  });
}
