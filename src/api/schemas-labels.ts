import { z } from '@hono/zod-openapi';
import { attributionNames } from '../tree/index.ts';

/** Most characters of an id, a role or a label. */
const nameLengthMax = 256;
const tagsMax = 32;

export const nameSchema = z.string().min(1).max(nameLengthMax);

const tags = z
  .record(z.string().min(1).max(nameLengthMax), z.string().max(nameLengthMax))
  .refine((given) => Object.keys(given).length <= tagsMax, `at most ${tagsMax} tags`)
  .optional();

type LabelName = Exclude<(typeof attributionNames)[number], 'run'>;
const labels = Object.fromEntries(
  attributionNames.filter((name) => name !== 'run').map((name) => [name, nameSchema.optional()]),
) as Record<LabelName, z.ZodOptional<typeof nameSchema>>;

/** What something is attributed to; a run stands beside it. */
export const labelsSchema = z.strictObject({ ...labels, tags }).openapi('Labels');

/** Labels without the fields nobody filled in. */
export function statedLabels(given: z.infer<typeof labelsSchema> = {}) {
  const stated: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) if (value !== undefined) stated[name] = value;
  return stated as {
    readonly [name in LabelName]?: string;
  } & { readonly tags?: Readonly<Record<string, string>> };
}
