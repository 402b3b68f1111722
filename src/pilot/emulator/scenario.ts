import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { BurnrateError } from '../../base/index.ts';

export const faultKinds = [
  'timeout',
  'rate-limit',
  'server-error',
  'overloaded',
  'malformed',
  'reset',
  'half-open',
  'truncated',
  'garbage',
  'slow-drip',
  'no-usage',
  'stream-error',
  'bad-request',
  'unauthorized',
  'not-found',
] as const;
export type FaultKind = (typeof faultKinds)[number];

const positive = z.number().nonnegative().finite();
/** A constant, or a lognormal given by two quantiles. */
const distribution = z.union([
  positive,
  z
    .strictObject({ p50: z.number().positive(), p99: z.number().positive() })
    .refine((value) => value.p99 >= value.p50, 'p99 must not be below p50'),
]);
export type Distribution = z.infer<typeof distribution>;

const share = z.number().min(0).max(1);
const errorShares = z
  .partialRecord(z.enum(faultKinds), share)
  .refine(
    (shares) => Object.values(shares).reduce((sum, value) => sum + (value ?? 0), 0) <= 1,
    'the shares of all errors must not exceed 1 together',
  );
const billing = z.union([
  z.literal('stops'),
  z.literal('bills-to-end'),
  z.strictObject({ lagTokens: z.int().nonnegative() }),
]);
export type Billing = z.infer<typeof billing>;

const behaviour = {
  latency: z.strictObject({ firstTokenMs: distribution.optional(), perTokenMs: distribution.optional() }).optional(),
  output: z.strictObject({ tokens: distribution.optional(), reasoningTokens: distribution.optional() }).optional(),
  chunkTokens: z.int().min(1).max(10_000).optional(),
  errors: errorShares.optional(),
  retryAfterSeconds: positive.optional(),
  billing: billing.optional(),
  toolCalls: share.optional(),
  limits: z
    .strictObject({
      requestsPerMinute: z.int().positive().optional(),
      tokensPerMinute: z.int().positive().optional(),
      concurrent: z.int().positive().optional(),
    })
    .optional(),
  load: z.strictObject({ knee: positive, slope: positive }).optional(),
};

const scenarioSchema = z.strictObject({
  seed: z.int().optional(),
  ...behaviour,
  hangMs: positive.optional(),
  dripBytesPerSecond: z.int().positive().optional(),
  prefixCache: z
    .strictObject({ entries: z.int().nonnegative().optional(), ttlSeconds: positive.optional() })
    .optional(),
  providers: z.partialRecord(z.enum(['openai', 'anthropic', 'gemini']), z.strictObject(behaviour)).optional(),
  models: z.record(z.string(), z.strictObject(behaviour)).optional(),
});

/** A scenario as written; what is absent is zero latency, no errors, billing `stops` and no limits. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type Behaviour = Pick<ScenarioInput, keyof typeof behaviour>;

/** Answers at once, without errors: for tests, benches and exact replays. */
export const instantScenario: ScenarioInput = { output: { tokens: { p50: 60, p99: 400 } } };

/** Plausible figures of a hosted provider on an ordinary day. They are not measurements of any real one. */
export const typicalScenario: ScenarioInput = {
  latency: { firstTokenMs: { p50: 320, p99: 1_800 }, perTokenMs: { p50: 8, p99: 25 } },
  output: { tokens: { p50: 130, p99: 620 }, reasoningTokens: { p50: 48, p99: 700 } },
  chunkTokens: 4,
  errors: { 'rate-limit': 0.008, 'server-error': 0.004, overloaded: 0.004, reset: 0.002, truncated: 0.001 },
  retryAfterSeconds: 1,
  billing: { lagTokens: 40 },
  load: { knee: 60, slope: 0.01 },
};

/**
 * Checks a scenario.
 * @throws BurnrateError CONFIG_INVALID naming the key and what was expected
 */
export function checkScenario(value: unknown, source: string): ScenarioInput {
  const result = scenarioSchema.safeParse(value ?? {});
  if (result.success) return result.data;
  const reasons = result.error.issues.map((issue) => `${issue.path.join('.') || '(top level)'}: ${issue.message}`);
  throw new BurnrateError('CONFIG_INVALID', { message: `${source}: ${reasons.join('; ')} (see docs/emulator.md)` });
}

/**
 * Reads a scenario from a YAML or JSON file.
 * @throws BurnrateError CONFIG_UNREADABLE when there is no such file, CONFIG_INVALID when it is not a scenario
 */
export function loadScenario(path: string): ScenarioInput {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BurnrateError('CONFIG_UNREADABLE', { message: `cannot read the scenario ${path}`, cause });
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new BurnrateError('CONFIG_INVALID', { message: `${path} is neither YAML nor JSON: ${String(cause)}`, cause });
  }
  return checkScenario(value, path);
}
