import { stat } from 'node:fs/promises';
import type { LedgerSize } from '../operation-questions.ts';
import { rollups } from '../sql/rollups.ts';
import { type SqlRow, type Statement, toNumber } from '../sql/sql-text.ts';

/** Counts rows, which the engine knows without reading them, and measures the file with the log beside it. */
export async function readSize(path: string, ask: (statement: Statement) => Promise<SqlRow[]>): Promise<LedgerSize> {
  const sums = rollups.map(({ table }) => `(SELECT count(*) FROM ${table})`).join(' + ');
  const [row] = await ask({
    text: `SELECT count(*) AS attempts, min(started_at) AS oldest, max(started_at) AS newest,
      (SELECT count(*) FROM outcomes) AS outcomes, ${sums} AS sums FROM attempts`,
    parameters: [],
  });
  const bytes = (await bytesOf(path)) + (await bytesOf(`${path}.wal`));
  return {
    attempts: toNumber(row?.attempts),
    outcomes: toNumber(row?.outcomes),
    sums: toNumber(row?.sums),
    bytes,
    oldestAttemptMs: momentOf(row?.oldest),
    newestAttemptMs: momentOf(row?.newest),
  };
}

function momentOf(value: unknown): number | null {
  return value === null || value === undefined ? null : toNumber(value);
}

async function bytesOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    // The log is there only while it holds something.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
