import { z } from 'zod';

/** What one stage would do otherwise. Absent fields leave history as it was. */
export interface StagePolicy {
  readonly workflow: string;
  readonly stage: string;
  /** Equal requests of one customer are answered once in this time. */
  readonly cacheTtlMs?: number;
  /** Beginnings of prompts seen within this time are read at the provider's cache price. */
  readonly prefixCacheTtlMs?: number;
  readonly model?: { readonly provider: string; readonly model: string };
  readonly maxInputTokens?: number;
  readonly maxOutputTokens?: number;
  /** Retries after the first try. */
  readonly retries?: number;
  readonly tier?: string;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

const duration = z
  .string()
  .regex(durationPattern, 'a duration like 30s, 5m, 24h or 7d')
  .transform((text) => {
    const [, amount = '0', unit = 'ms'] = durationPattern.exec(text) ?? [];
    return Number(amount) * (unitMs[unit] ?? 1);
  });
const tokens = z.number().int().positive();
const model = z
  .string()
  .regex(/^[^/]+\/.+$/, 'provider/model')
  .transform((name) => ({ provider: name.slice(0, name.indexOf('/')), model: name.slice(name.indexOf('/') + 1) }));

const stageSchema = z.strictObject({
  cache: z.strictObject({ mode: z.literal('exact').optional(), ttl: duration }).optional(),
  prefixCache: z.strictObject({ ttl: duration }).optional(),
  model: model.optional(),
  trim: z.strictObject({ maxInputTokens: tokens }).optional(),
  maxOutputTokens: tokens.optional(),
  retries: z.number().int().min(0).max(20).optional(),
  tier: z.string().min(1).max(64).optional(),
  urgency: z.enum(['now', 'batch']).optional(),
});

/** A policy file: stages as burnrate.yaml writes them, with the keys that history can be tried on. */
export const policySchema = z.strictObject({
  workflows: z.record(z.string(), z.strictObject({ stages: z.record(z.string(), stageSchema) })),
});

export function stagePolicies({ workflows }: z.output<typeof policySchema>): StagePolicy[] {
  return Object.entries(workflows).flatMap(([workflow, { stages }]) =>
    Object.entries(stages).map(([stage, { cache, prefixCache, trim, tier, urgency, ...plain }]): StagePolicy => {
      const served = urgency === 'batch' ? 'batch' : tier;
      return {
        ...{ workflow, stage },
        ...(cache ? { cacheTtlMs: cache.ttl } : {}),
        ...(prefixCache ? { prefixCacheTtlMs: prefixCache.ttl } : {}),
        ...(trim ? { maxInputTokens: trim.maxInputTokens } : {}),
        ...(served === undefined ? {} : { tier: served }),
        ...(plain.model === undefined ? {} : { model: plain.model }),
        ...(plain.maxOutputTokens === undefined ? {} : { maxOutputTokens: plain.maxOutputTokens }),
        ...(plain.retries === undefined ? {} : { retries: plain.retries }),
      };
    }),
  );
}
