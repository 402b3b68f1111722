import { attributionColumns } from './dimensions.ts';
import { type Extent, hourly } from './rollups.ts';

/** Attempts a question that reads them one by one looks at, about; where there are more it looks at a sample. */
export const sampleAttempts = 200_000;

/** A prime, so that what falls in a part depends on the whole key. */
const partsOfKeys = 10_007;
/** Attempts of things in the first of these parts are kept beside all others: a sample of so few is read from there. */
const partsKept = 313;

/** Attempts of a part of all runs, sessions or interactions, written when attempts are summed. */
export interface KeptSample {
  readonly table: string;
  /** The column of the things' keys. */
  readonly key: string;
}

export const keptSamples: readonly KeptSample[] = [
  { table: 'sampled_runs', key: 'run_key' },
  { table: 'sampled_sessions', key: 'session_key' },
  { table: 'sampled_interactions', key: 'interaction_key' },
];

/** What is kept of an attempt in a sample: all it can be told apart by, and what its run adds up. */
export const sampledColumns: readonly string[] = [
  ...['started_at', 'attempt_id', 'call_id', 'run_key', 'session_key', 'interaction_key', 'cost', 'duration_ms'],
  ...new Set([...Object.values(attributionColumns), ...hourly.columns, 'tags']),
];

/** What part of things, by a hash of their ids, is looked at: whole things, and the same ones whenever asked. */
export interface Sample {
  readonly share: number;
  /** The condition on the column of the things' keys. */
  readonly condition: string;
  /** Where their attempts are. */
  readonly source: string;
}

export function sampleOf(key: string, wanted: number, all: number, extent: Pick<Extent, 'rolledToMs'>): Sample {
  if (wanted >= all) return { share: 1, condition: 'true', source: 'attempts' };
  const parts = Math.max(1, Math.round((wanted / all) * partsOfKeys));
  const kept = keptSamples.find((sample) => sample.key === key && parts <= partsKept);
  return {
    share: parts / partsOfKeys,
    condition: inFirst(key, parts),
    source: kept ? sampled(kept, extent) : 'attempts',
  };
}

/** What share of calls is looked at, chosen like a sample. */
export const shareOfCalls = (share: number): string =>
  share >= 1 ? 'true' : inFirst('call_key', Math.max(1, Math.round(share * partsOfKeys)));

const inFirst = (key: string, parts: number): string =>
  `(CAST(${key} AS BIGINT) + 2147483648) % ${partsOfKeys} < ${parts}`;

/** What is too new to be summed is in no sample either. */
function sampled({ table }: KeptSample, { rolledToMs }: Pick<Extent, 'rolledToMs'>): string {
  const columns = sampledColumns.join(', ');
  return `(SELECT ${columns} FROM ${table} WHERE started_at < ${rolledToMs} UNION ALL
    SELECT ${columns} FROM attempts WHERE started_at >= ${rolledToMs})`;
}

/** Adds to a sample what of some attempts belongs to it. */
export function keepSample({ table, key }: KeptSample, condition: string): string {
  const columns = sampledColumns.join(', ');
  return `INSERT INTO ${table} BY NAME SELECT ${columns} FROM attempts WHERE ${condition} AND ${inFirst(key, partsKept)}`;
}
