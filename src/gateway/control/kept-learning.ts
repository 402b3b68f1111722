import { z } from 'zod';

const count = z.number().nonnegative();
/** Before a stream was seen no text is too short for a token; JSON writes that as null. */
const bytesPerToken = count.nullable().transform((bytes) => bytes ?? Number.POSITIVE_INFINITY);
const keptLearning = z.strictObject({
  /** By workflow, stage, provider and model: counts of answers by length. */
  outputs: z.array(z.tuple([z.string(), z.array(z.tuple([z.int().nonnegative(), count]).readonly()).readonly()])),
  /** By provider and model: how many bytes of text a token has, and whether some tokens do not show. */
  gauges: z.array(z.tuple([z.string(), z.object({ bytesPerToken, samples: count, hidden: z.boolean() })])),
  /** By provider: what a cancelled stream was billed beyond what was read. */
  lags: z.array(z.tuple([z.string(), z.object({ tokens: count, samples: count })])),
});

/** What past answers taught, as it outlives a process; names and numbers only, nothing of a prompt or an answer. */
export type KeptLearning = z.infer<typeof keptLearning>;

/** @returns null for anything that is not what a gateway kept: learning starts anew then */
export function readKeptLearning(value: unknown): KeptLearning | null {
  const read = keptLearning.safeParse(value);
  return read.success ? read.data : null;
}
