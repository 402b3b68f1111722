import { z } from 'zod';
import {
  count,
  duration,
  durationQuantity,
  factor,
  flag,
  fraction,
  fractionQuantity,
  positiveCount,
  quantity,
  usdQuantity,
  wholeBetween,
} from '../fields.ts';
import type { Quantity } from '../quantity.ts';
import { failuresSchema } from './providers.ts';
import { doc, modelName, name, section, text } from './shapes.ts';

const historySchema = section({
  perTurn: doc(quantity, 'Tokens each earlier turn adds.', '150 to 400'),
  maxTurns: doc(positiveCount.exactOptional(), 'Turns the product sends along at most.', 20),
});

const inputPartsSchema = section({
  system: doc(quantity.exactOptional(), 'Tokens of instructions, the same in every call.', 600),
  history: doc(
    z.union([historySchema, quantity]).exactOptional(),
    'Tokens of earlier turns: `{ perTurn }`, which grows with the conversation, or one number.',
    { perTurn: '150 to 400' },
  ),
  retrieval: doc(quantity.exactOptional(), 'Tokens of retrieved context.', '4k to 8k'),
  question: doc(quantity.exactOptional(), 'Tokens of what the user wrote.', '20 to 200'),
  tools: doc(quantity.exactOptional(), 'Tokens of tool definitions.', 800),
  images: doc(quantity.exactOptional(), 'Image tokens.', 1100),
  audio: doc(quantity.exactOptional(), 'Audio tokens.', 3000),
});

const fallbackSchema = z.union([
  section({ template: doc(text, 'File with the fixed answer.', 'sorry.md') }),
  section({ human: doc(name, 'Role under `people` that takes over.', 'support-agent') }),
  modelName,
]);

const validateSchema = section({
  schema: doc(text, 'JSON Schema file the answer must fit.', 'answer.schema.json'),
  repairs: doc(count.prefault(1), 'Repair attempts after an answer that does not fit.', 1),
  failureRate: doc(fractionQuantity.exactOptional(), 'Share of answers that do not fit.', 0.03),
});

const trimSchema = section({
  maxInputTokens: doc(positiveCount.exactOptional(), 'Longest input sent, in tokens.', 6000),
  keepTurns: doc(positiveCount.exactOptional(), 'Latest turns that are never touched.', 4),
  dropDuplicates: doc(flag.prefault(true), 'Whether repeated history is sent once.', true),
  summarizeWith: doc(
    modelName.exactOptional(),
    'Model that compresses old turns; they are dropped when absent.',
    'openai/gpt-5-nano',
  ),
});

const routeSchema = section({
  simple: doc(modelName, 'Model for requests judged simple.', 'openai/gpt-5-nano'),
  confidence: doc(fraction.prefault(0.8), 'Confidence needed to take the simple model.', 0.8),
  classifier: doc(modelName.exactOptional(), 'Model that judges; a local rule when absent.', 'openai/gpt-5-nano'),
  share: doc(fractionQuantity.exactOptional(), 'Share of requests that are simple.', 0.6),
  humanBelow: doc(fraction.exactOptional(), 'Confidence below which a person reviews the answer.', 0.3),
});

const cacheSchema = section({
  mode: doc(z.enum(['exact', 'semantic']), 'What counts as the same request.', 'exact'),
  ttl: doc(duration, 'How long an answer may be given again.', '24h'),
  share: doc(
    z.enum(['user', 'customer', 'all']).prefault('customer'),
    'Who may be given one another’s answers.',
    'all',
  ),
  hitRate: doc(fractionQuantity.exactOptional(), 'Share of requests answered from it.', 0.25),
  similarity: doc(fraction.exactOptional(), 'Semantic: similarity needed.', 0.95),
  embeddingModel: doc(
    modelName.exactOptional(),
    'Semantic: model that makes the embeddings.',
    'openai/text-embedding-3-small',
  ),
  wrongHitRate: doc(fractionQuantity.exactOptional(), 'Semantic: share of hits that are wrong.', 0.05),
  wrongHitUsd: doc(usdQuantity.exactOptional(), 'What one wrong hit costs, US dollars.', 0.4),
});

const hedgeAfter = z.union([z.enum(['p50', 'p90', 'p95', 'p99']), duration]);
const hedgeSchema = section({
  after: doc(
    hedgeAfter,
    'When a second attempt is sent: a percentile of the stage’s own latency, or a duration.',
    'p95',
  ),
  maxShare: doc(fraction.prefault(0.05), 'Share of calls that may be hedged.', 0.05),
});

const guardSchema = section({
  model: doc(modelName, 'Moderation model asked first.', 'openai/omni-moderation-latest'),
  on: doc(z.enum(['input', 'output', 'both']).prefault('input'), 'What is moderated.', 'input'),
  refuseRate: doc(fractionQuantity.exactOptional(), 'Share that is refused.', 0.01),
});

const reviewSchema = section({
  role: doc(name, 'Role under `people` that reviews.', 'support-agent'),
  minutes: doc(quantity, 'Minutes one review takes.', '2 to 6'),
  share: doc(fractionQuantity, 'Share of answers reviewed.', 0.02),
});

const humanSchema = section({
  role: doc(name, 'Role under `people`.', 'support-agent'),
  minutes: doc(quantity, 'Minutes it takes.', '4 to 12'),
});

const retryBackoffSchema = section({
  base: doc(duration.prefault('250ms'), 'First wait; it doubles, with full jitter.', '250ms'),
  max: doc(duration.prefault('8s'), 'Longest wait.', '8s'),
  budget: doc(fraction.prefault(0.1), 'Retries allowed as a share of calls, so that they cannot become a storm.', 0.1),
});

export const personalData = ['email', 'phone', 'iban', 'creditCard', 'ipAddress', 'name', 'address'] as const;
const nextTable = z.record(text, fractionQuantity);

const stageFields = {
  description: doc(text.exactOptional(), 'What the stage does.', 'Finds the passages that answer the question.'),
  model: doc(modelName.exactOptional(), 'Model stage: the model it calls.', 'anthropic/claude-sonnet-4-5'),
  service: doc(name.exactOptional(), 'Service stage: its name under `services`.', 'vector-search'),
  human: doc(humanSchema.exactOptional(), 'Human stage: who, and for how long.', {
    role: 'support-agent',
    minutes: '4 to 12',
  }),
  calls: doc(quantity.prefault(1), 'Calls each time the stage is reached.', 1.2),
  fanOut: doc(quantity.prefault(1), 'Parallel branches of an agent, each with `calls` calls.', '2 to 6'),
  next: doc(
    z.union([nextTable, text]).exactOptional(),
    'What follows: a stage, or stages with their probabilities; what is left of 1 is `done`.',
    { moderate: 0.9, escalate: 0.1 },
  ),
  input: doc(
    z.union([inputPartsSchema, quantity]).exactOptional(),
    'Input tokens of one call: one number, or its parts.',
    '200 to 900',
  ),
  output: doc(quantity.exactOptional(), 'Output tokens of one call.', '150 to 600'),
  reasoning: doc(quantity.exactOptional(), 'Hidden reasoning tokens of one call.', '0 to 2k'),
  cacheReadShare: doc(
    fractionQuantity.exactOptional(),
    'Share of the input the provider reads from its own cache.',
    0.5,
  ),
  toolCalls: doc(quantity.exactOptional(), 'Tool calls the provider runs in one call.', 0.3),
  imagesMade: doc(quantity.exactOptional(), 'Images made by one call.', 1),
  tier: doc(text.exactOptional(), 'Service tier asked for.', 'flex'),
  urgency: doc(z.enum(['now', 'batch']).prefault('now'), '`batch` may go out later, at batch price.', 'batch'),
  maxOutputTokens: doc(positiveCount.exactOptional(), 'Longest answer allowed, in tokens; sent upstream.', 64),
  timeout: doc(duration.exactOptional(), 'How long one attempt may take to begin its answer.', '20s'),
  latency: doc(durationQuantity.exactOptional(), 'Time to the whole answer, where it differs from the provider’s.', {
    p50: '2s',
    p99: '9s',
  }),
  failures: doc(failuresSchema.exactOptional(), 'How often attempts fail here, where it differs from the provider.'),
  retries: doc(wholeBetween(0, 20).exactOptional(), 'Retries after the first try.', 2),
  backoff: doc(retryBackoffSchema.exactOptional(), 'How long retries wait and how many there may be.'),
  fallback: doc(
    z.array(fallbackSchema).exactOptional(),
    'What is tried in turn when retries are used up: models, a template, a person.',
    ['openai/gpt-5-mini', { template: 'sorry.md' }, { human: 'support-agent' }],
  ),
  validate: doc(
    z.union([validateSchema, text]).exactOptional(),
    'JSON Schema file the answer must fit, or it with its repairs.',
    'answer.schema.json',
  ),
  guard: doc(guardSchema.exactOptional(), 'Moderation before the call or of its answer.'),
  trim: doc(trimSchema.exactOptional(), 'How the input is kept short.', { maxInputTokens: 6000 }),
  route: doc(routeSchema.exactOptional(), 'A cheaper model for simple requests.', {
    simple: 'openai/gpt-5-nano',
    confidence: 0.8,
  }),
  cache: doc(cacheSchema.exactOptional(), 'When an earlier answer is given again.', { mode: 'exact', ttl: '24h' }),
  coalesce: doc(flag.prefault(false), 'Whether identical requests in flight share one answer.', true),
  hedge: doc(hedgeSchema.exactOptional(), 'A second attempt when the first is slow.', { after: 'p95' }),
  redact: doc(z.array(z.enum(personalData)).prefault([]), 'Personal data taken out before anything leaves.', [
    'email',
    'phone',
    'iban',
  ]),
  review: doc(reviewSchema.exactOptional(), 'Answers a person checks afterwards.', {
    role: 'support-agent',
    minutes: '2 to 6',
    share: 0.02,
  }),
  weight: doc(
    factor.prefault(1),
    'Share of shared costs this stage takes relative to others, where costs follow weights.',
    1,
  ),
};

const stageObject = section(stageFields);
type StageFields = z.output<typeof stageObject>;
type InputParts = z.output<typeof inputPartsSchema>;
type Validate = z.output<typeof validateSchema>;

/** What a stage is, read from which of `model`, `service` and `human` it has; the loader refuses none and two. */
export type StageWork =
  | { readonly kind: 'model'; readonly model: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'human'; readonly role: string; readonly minutes: Quantity };

export type StageInput =
  | { readonly kind: 'total'; readonly tokens: Quantity }
  | ({ readonly kind: 'parts' } & InputParts);

export interface Stage extends Omit<StageFields, 'model' | 'service' | 'human' | 'next' | 'input' | 'validate'> {
  readonly work: StageWork;
  /** Probabilities of what follows; what is left of 1 is the end of the run. `done` may be named. Empty: the run ends. */
  readonly next: Readonly<Record<string, Quantity>>;
  readonly input?: StageInput;
  readonly validate?: Validate;
}

export const stageSchema = stageObject.transform(readStage);

function readStage(fields: StageFields): Stage {
  const { model, service, human, next, input, validate, ...rest } = fields;
  return {
    ...rest,
    work: readWork(model, service, human),
    next: typeof next === 'string' ? { [next]: { kind: 'value', value: 1 } } : (next ?? {}),
    ...(input === undefined ? {} : { input: readInput(input) }),
    ...(validate === undefined ? {} : { validate: readValidate(validate) }),
  };
}

function readWork(model: string | undefined, service: string | undefined, human: StageFields['human']): StageWork {
  if (human) return { kind: 'human', role: human.role, minutes: human.minutes };
  return service === undefined ? { kind: 'model', model: model ?? '' } : { kind: 'service', service };
}

const readInput = (input: Quantity | InputParts): StageInput =>
  'kind' in input ? { kind: 'total', tokens: input } : { kind: 'parts', ...input };

const readValidate = (validate: string | Validate): Validate =>
  typeof validate === 'string' ? { schema: validate, repairs: 1 } : validate;

export type StageFallback = z.output<typeof fallbackSchema>;
