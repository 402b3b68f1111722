import type { Config, FailureRates, Provider, Quantity, Stage, StageFallback, Workflow } from '../../config/index.ts';
import { fixed, type ModelBuilder, type Num, zero } from './number.ts';
import type { PersonRates } from './people.ts';
import { type ModelUse, splitModel } from './rates.ts';

/** What share of its tokens a provider bills for an attempt that ended this way. */
export const billedShares = {
  /** Read whole; written until the client gave up. Providers differ, so half of the answer is assumed. */
  timeout: { input: 1, output: 0.5 },
  /** Refused before any work. */
  rateLimited: { input: 0, output: 0 },
  upstreamError: { input: 0, output: 0 },
  /** The answer was complete, only of no use. */
  malformed: { input: 1, output: 1 },
  validation: { input: 1, output: 1 },
  /** Cut on the way: read whole, half written. */
  network: { input: 1, output: 0.5 },
} as const satisfies Record<keyof FailureRates, { input: number; output: number }>;

export type FailureKind = keyof typeof billedShares;
export const failureKinds = Object.keys(billedShares) as FailureKind[];
export type Failures = Readonly<Record<FailureKind, Num>>;

/** How many earlier turns a call sends along. */
export type HistoryModel = { readonly perTurn: Num; readonly maxTurns: number } | { readonly tokens: Num };

export interface InputModel {
  readonly system: Num;
  readonly history: HistoryModel;
  readonly retrieval: Num;
  readonly question: Num;
  readonly tools: Num;
  readonly images: Num;
  readonly audio: Num;
}

/** One of the models a call may be answered by. `use` is its index among the model's uses. */
export interface Answerer {
  readonly use: number;
  readonly failures: Failures;
}

export type FallbackModel =
  | ({ readonly kind: 'model' } & Answerer)
  | { readonly kind: 'template' }
  | { readonly kind: 'human'; readonly minutes: Num; readonly hourlyUsd: Num };

export interface CacheModel {
  readonly hitRate: Num;
  readonly wrongRate: Num;
  readonly wrongUsd: Num;
  /** Use of the embedding model; -1 for an exact cache. */
  readonly embedding: number;
}

export interface LlmStage {
  readonly kind: 'model';
  readonly main: Answerer;
  readonly selfHosted: boolean;
  readonly provider: string;
  readonly modelName: string;
  readonly input: InputModel;
  readonly output: Num;
  readonly reasoning: Num;
  readonly cacheReadShare: Num;
  readonly toolCalls: Num;
  readonly imagesMade: Num;
  readonly maxInputTokens: number;
  readonly summarizer: number;
  readonly maxOutputTokens: number;
  readonly tries: number;
  /** Retries allowed per call; infinite without a retry budget. */
  readonly retryBudget: number;
  readonly validation: { readonly rate: Num; readonly repairs: number } | null;
  readonly fallbacks: readonly FallbackModel[];
  /** Share of calls of which a second attempt is sent. */
  readonly hedgeShare: number;
  readonly guard: {
    readonly use: number;
    readonly input: boolean;
    readonly output: boolean;
    readonly refuseRate: Num;
  } | null;
  readonly cache: CacheModel | null;
  readonly route: { readonly answerer: Answerer; readonly share: Num; readonly classifier: number } | null;
}

export type WorkModel =
  | LlmStage
  | {
      readonly kind: 'service';
      readonly service: string;
      readonly perCallUsd: Num;
      readonly retrieval: boolean;
      readonly failures: Failures;
      readonly tries: number;
    }
  | { readonly kind: 'human'; readonly minutes: Num; readonly hourlyUsd: Num };

export interface StageModel {
  readonly name: string;
  readonly work: WorkModel;
  readonly calls: Num;
  readonly fanOut: Num;
  /** Probabilities of what follows, by index of the stage; what is left ends the run. */
  readonly next: readonly { readonly to: number; readonly probability: Num }[];
  /** Milliseconds to the whole answer of one call; 0 when nothing says. */
  readonly latencyMs: Num;
  readonly review: { readonly share: Num; readonly minutes: Num; readonly hourlyUsd: Num } | null;
}

type Path = readonly string[];

/** What compiling a stage needs of the whole. */
export interface StageContext {
  readonly config: Config;
  readonly workflow: Workflow;
  readonly people: PersonRates;
  readonly uses: ModelUse[];
  readonly builder: ModelBuilder;
}

export function compileStage(
  stage: Stage,
  name: string,
  names: readonly string[],
  path: Path,
  context: StageContext,
): StageModel {
  const { builder } = context;
  const next = Object.entries(stage.next)
    .filter(([to]) => to !== 'done')
    .map(([to, share]) => ({ to: names.indexOf(to), probability: builder.share(share, [...path, 'next', to], 0) }));
  return {
    name,
    work: compileWork(stage, path, context),
    calls: builder.number(stage.calls, [...path, 'calls'], 1, { each: true }),
    fanOut: builder.number(stage.fanOut, [...path, 'fanOut'], 1, { each: true }),
    next,
    latencyMs: latencyOf(stage, path, context),
    review: stage.review
      ? {
          share: builder.share(stage.review.share, [...path, 'review', 'share'], 0),
          minutes: builder.number(stage.review.minutes, [...path, 'review', 'minutes'], 0, { each: true }),
          hourlyUsd: context.people.hourlyUsd(stage.review.role),
        }
      : null,
  };
}

function compileWork(stage: Stage, path: Path, context: StageContext): WorkModel {
  const { builder, config, people } = context;
  const { work } = stage;
  if (work.kind === 'human') {
    const minutes = builder.number(work.minutes, [...path, 'human', 'minutes'], 0, { each: true });
    return { kind: 'human', minutes, hourlyUsd: people.hourlyUsd(work.role) };
  }
  if (work.kind === 'service') {
    const service = config.services[work.service];
    return {
      kind: 'service',
      service: work.service,
      perCallUsd: builder.money(service?.perCallUsd, ['services', work.service, 'perCallUsd']),
      retrieval: service?.line === 'retrieval',
      failures: failuresOf(
        stage.failures,
        [...path, 'failures'],
        service?.failures,
        ['services', work.service, 'failures'],
        builder,
      ),
      tries: 1 + (stage.retries ?? 0),
    };
  }
  return compileModel(stage, work.model, path, context);
}

function compileModel(stage: Stage, modelName: string, path: Path, context: StageContext): LlmStage {
  const { builder } = context;
  const { provider, model } = splitModel(modelName);
  const each = { each: true };
  const output = builder.number(stage.output, [...path, 'output'], 0, each);
  const input = compileInput(stage, path, builder);
  const shape = { input: typicalInput(input), output: output.constant };
  const answerer = (name: string, at: Path): Answerer => answererOf(name, at, stage, path, shape, context);
  const modelUse = (name: string | undefined, at: Path, needs: ModelUse['needs'] = []): number =>
    name === undefined ? -1 : addUse(name, at, 'standard', shape, needs, context);
  return {
    kind: 'model',
    main: answerer(modelName, [...path, 'model']),
    selfHosted: context.config.providers[provider]?.gpu !== undefined,
    provider,
    modelName: model,
    input,
    output,
    reasoning: builder.number(stage.reasoning, [...path, 'reasoning'], 0, each),
    cacheReadShare: builder.share(stage.cacheReadShare, [...path, 'cacheReadShare'], 0),
    toolCalls: builder.number(stage.toolCalls, [...path, 'toolCalls'], 0, each),
    imagesMade: builder.number(stage.imagesMade, [...path, 'imagesMade'], 0, each),
    maxInputTokens: stage.trim?.maxInputTokens ?? Number.POSITIVE_INFINITY,
    summarizer: modelUse(stage.trim?.summarizeWith, [...path, 'trim', 'summarizeWith'], ['output']),
    maxOutputTokens: stage.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    tries: 1 + (stage.retries ?? 0),
    retryBudget: stage.backoff?.budget ?? Number.POSITIVE_INFINITY,
    validation: stage.validate
      ? {
          rate: builder.share(
            stage.validate.failureRate ??
              stage.failures?.validation ??
              context.config.providers[provider]?.failures?.validation,
            [...path, 'validate', 'failureRate'],
            0,
          ),
          repairs: stage.validate.repairs,
        }
      : null,
    fallbacks: (stage.fallback ?? []).map((step, index) =>
      compileFallback(step, [...path, 'fallback', String(index)], answerer, context),
    ),
    hedgeShare: hedgeShareOf(stage, path, context),
    guard: stage.guard
      ? {
          use: modelUse(stage.guard.model, [...path, 'guard', 'model']),
          input: stage.guard.on !== 'output',
          output: stage.guard.on !== 'input',
          refuseRate: builder.share(stage.guard.refuseRate, [...path, 'guard', 'refuseRate'], 0),
        }
      : null,
    cache: compileCache(stage, path, modelUse, context),
    route: stage.route
      ? {
          answerer: answerer(stage.route.simple, [...path, 'route', 'simple']),
          share: routeShare(stage, path, builder),
          classifier: modelUse(stage.route.classifier, [...path, 'route', 'classifier'], ['output']),
        }
      : null,
  };
}

function routeShare(stage: Stage, path: Path, builder: ModelBuilder): Num {
  if (stage.route?.share === undefined) {
    builder.assumptions.add(`${path.join('.')}.route has no share: no request is taken to be simple`);
  }
  return builder.share(stage.route?.share, [...path, 'route', 'share'], 0);
}

function answererOf(
  name: string,
  at: Path,
  stage: Stage,
  path: Path,
  shape: ModelUse['shape'],
  context: StageContext,
): Answerer {
  const { provider } = splitModel(name);
  const tier = stage.urgency === 'batch' ? 'batch' : (stage.tier ?? 'standard');
  const selfHosted = context.config.providers[provider]?.gpu !== undefined;
  const use = addUse(name, at, selfHosted ? 'standard' : tier, shape, needsOf(stage), context);
  const own = context.config.providers[provider]?.failures;
  const failures = failuresOf(
    stage.failures,
    [...path, 'failures'],
    own,
    ['providers', provider, 'failures'],
    context.builder,
  );
  return { use, failures: stage.validate ? { ...failures, validation: zero } : failures };
}

/** The buckets a stage is billed for; a price is asked for these only. */
function needsOf(stage: Stage): ModelUse['needs'] {
  const asked: readonly (readonly [ModelUse['needs'][number], unknown])[] = [
    ['output', stage.output],
    ['reasoning', stage.reasoning],
    ['cacheRead', stage.cacheReadShare],
    ['toolCall', stage.toolCalls],
    ['image', stage.imagesMade],
    ['imageInput', stage.input?.kind === 'parts' ? stage.input.images : undefined],
    ['audioInput', stage.input?.kind === 'parts' ? stage.input.audio : undefined],
  ];
  return asked.filter(([, stated]) => stated !== undefined).map(([bucket]) => bucket);
}

function addUse(
  name: string,
  path: Path,
  tier: string,
  shape: ModelUse['shape'],
  needs: ModelUse['needs'],
  { uses }: StageContext,
): number {
  uses.push({ ...splitModel(name), tier, shape, path, needs });
  return uses.length - 1;
}

function compileInput(stage: Stage, path: Path, builder: ModelBuilder): InputModel {
  const part = (quantity: Quantity | undefined, key: string): Num =>
    builder.number(quantity, [...path, 'input', key], 0, { each: true });
  const none = { system: zero, history: { tokens: zero }, retrieval: zero, tools: zero, images: zero, audio: zero };
  if (stage.input === undefined) return { ...none, question: zero };
  if (stage.input.kind === 'total') {
    return { ...none, question: builder.number(stage.input.tokens, [...path, 'input'], 0, { each: true }) };
  }
  const { system, history, retrieval, question, tools, images, audio } = stage.input;
  return {
    system: part(system, 'system'),
    history: historyOf(history, path, builder),
    retrieval: part(retrieval, 'retrieval'),
    question: part(question, 'question'),
    tools: part(tools, 'tools'),
    images: part(images, 'images'),
    audio: part(audio, 'audio'),
  };
}

type History = Extract<NonNullable<Stage['input']>, { kind: 'parts' }>['history'];

function historyOf(history: History, path: Path, builder: ModelBuilder): HistoryModel {
  if (history === undefined) return { tokens: zero };
  if (!('perTurn' in history))
    return { tokens: builder.number(history, [...path, 'input', 'history'], 0, { each: true }) };
  const perTurn = builder.number(history.perTurn, [...path, 'input', 'history', 'perTurn'], 0, { each: true });
  return { perTurn, maxTurns: history.maxTurns ?? Number.POSITIVE_INFINITY };
}

function typicalInput({ system, history, retrieval, question, tools }: InputModel): number {
  const told = 'tokens' in history ? history.tokens.constant : history.perTurn.constant;
  return system.constant + told + retrieval.constant + question.constant + tools.constant;
}

export function failuresOf(
  own: FailureRates | undefined,
  ownPath: Path,
  other: FailureRates | undefined,
  otherPath: Path,
  builder: ModelBuilder,
): Failures {
  const of = (kind: FailureKind): Num =>
    own?.[kind] === undefined
      ? builder.share(other?.[kind], [...otherPath, kind], 0)
      : builder.share(own[kind], [...ownPath, kind], 0);
  return Object.fromEntries(failureKinds.map((kind) => [kind, of(kind)])) as Failures;
}

/** Minutes a person needs for a case that fell to them, where no stage of the same role says. */
const fallbackMinutes = 5;

function compileFallback(
  step: StageFallback,
  path: Path,
  answerer: (name: string, at: Path) => Answerer,
  { workflow, people, builder }: StageContext,
): FallbackModel {
  if (typeof step === 'string') return { kind: 'model', ...answerer(step, path) };
  if ('template' in step) return { kind: 'template' };
  const role = step.human;
  const same = Object.entries(workflow.stages).find(([, { work }]) => work.kind === 'human' && work.role === role);
  const minutes = same?.[1].work.kind === 'human' ? same[1].work.minutes : undefined;
  if (minutes === undefined)
    builder.assumptions.add(`a case that falls back to ${role} takes ${fallbackMinutes} minutes`);
  return {
    kind: 'human',
    minutes: builder.number(minutes, [...path, 'minutes'], fallbackMinutes, { each: true }),
    hourlyUsd: people.hourlyUsd(role),
  };
}

const hedgePercentiles = { p50: 0.5, p90: 0.1, p95: 0.05, p99: 0.01 } as const;

function hedgeShareOf(stage: Stage, path: Path, context: StageContext): number {
  if (!stage.hedge) return 0;
  const { after, maxShare } = stage.hedge;
  if (typeof after === 'string') return Math.min(maxShare, hedgePercentiles[after]);
  context.builder.assumptions.add(`${path.join('.')}.hedge is taken to reach its largest share`);
  return maxShare;
}

/**
 * Right and wrong hits of a semantic cache by similarity threshold, of 999 questions (GPTCache's benchmark). Between
 * thresholds it is linear.
 */
export const semanticBenchmark = [
  { similarity: 0.8, right: 904, wrong: 92 },
  { similarity: 0.9, right: 804, wrong: 77 },
  { similarity: 0.95, right: 425, wrong: 25 },
] as const;
const benchmarkQuestions = 999;

export function semanticRates(similarity: number): { readonly hitRate: number; readonly wrongRate: number } {
  const [low, middle, high] = semanticBenchmark;
  const [from, to] = similarity <= middle.similarity ? [low, middle] : [middle, high];
  const position = (similarity - from.similarity) / (to.similarity - from.similarity);
  const at = Math.min(1, Math.max(0, position));
  const right = from.right + (to.right - from.right) * at;
  const wrong = from.wrong + (to.wrong - from.wrong) * at;
  return { hitRate: (right + wrong) / benchmarkQuestions, wrongRate: wrong / (right + wrong) };
}

const usualSimilarity = 0.95;

function compileCache(
  stage: Stage,
  path: Path,
  modelUse: (name: string | undefined, at: Path) => number,
  { builder }: StageContext,
): CacheModel | null {
  const { cache } = stage;
  if (!cache) return null;
  const at = [...path, 'cache'];
  const semantic = cache.mode === 'semantic' ? semanticRates(cache.similarity ?? usualSimilarity) : null;
  if (cache.hitRate === undefined) {
    builder.assumptions.add(
      semantic
        ? `${at.join('.')} has no hitRate: that of GPTCache’s benchmark is taken, whose questions all have a near twin`
        : `${at.join('.')} has no hitRate: no hit is counted`,
    );
  }
  return {
    hitRate: builder.share(cache.hitRate, [...at, 'hitRate'], semantic?.hitRate ?? 0),
    wrongRate: builder.share(cache.wrongHitRate, [...at, 'wrongHitRate'], semantic?.wrongRate ?? 0),
    wrongUsd: builder.money(cache.wrongHitUsd, [...at, 'wrongHitUsd']),
    embedding: modelUse(cache.embeddingModel, [...at, 'embeddingModel']),
  };
}

/** Milliseconds to the whole answer: the stage's own, else the provider's, else first token and tokens after it. */
function latencyOf(stage: Stage, path: Path, context: StageContext): Num {
  const { builder, config } = context;
  const each = { each: true };
  if (stage.work.kind === 'human') return zero;
  if (stage.latency) return builder.number(stage.latency, [...path, 'latency'], 0, each);
  if (stage.work.kind === 'service') {
    const { service } = stage.work;
    return builder.number(config.services[service]?.latency, ['services', service, 'latency'], 0, each);
  }
  const { provider } = splitModel(stage.work.model);
  const own: Provider | undefined = config.providers[provider];
  if (own?.latency) return builder.number(own.latency, ['providers', provider, 'latency'], 0, each);
  const perToken = builder.number(own?.perOutputToken, ['providers', provider, 'perOutputToken'], 0, each);
  const first = builder.number(own?.firstToken, ['providers', provider, 'firstToken'], 0, each);
  const output = builder.number(stage.output, [...path, 'output'], 0, each);
  return fixed(first.constant + perToken.constant * output.constant);
}
