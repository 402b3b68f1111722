/** Attempts a question that reads them one by one looks at, about; where there are more it looks at a sample. */
export const sampleAttempts = 200_000;

/** A prime, so that what falls in a part depends on the whole key. */
const partsOfKeys = 10_007;

/** What part of things, by a hash of their ids, is looked at: whole things, and the same ones whenever asked. */
export interface Sample {
  readonly share: number;
  /** The condition on the column of the things' keys. */
  readonly condition: string;
}

export function sampleOf(keyColumn: string, wanted: number, all: number): Sample {
  if (wanted >= all) return { share: 1, condition: 'true' };
  const parts = Math.max(1, Math.round((wanted / all) * partsOfKeys));
  return {
    share: parts / partsOfKeys,
    condition: `(CAST(${keyColumn} AS BIGINT) + 2147483648) % ${partsOfKeys} < ${parts}`,
  };
}
