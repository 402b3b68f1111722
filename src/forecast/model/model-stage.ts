import type { Stage } from '../../config/index.ts';
import { failuresOf } from './failure-rates.ts';
import { type ModelBuilder, type Num, zero } from './number.ts';
import { type ModelUse, splitModel } from './rates.ts';
import { compileCache } from './semantic-cache.ts';
import { addUse, type Path, type StageContext } from './stage-context.ts';
import { compileFallback } from './stage-fallback.ts';
import { compileInput, typicalInput } from './stage-input.ts';
import type { Answerer, LlmStage } from './stage-model.ts';

/** A stage answered by a model, with everything that stands around the call. */
export function compileModel(stage: Stage, modelName: string, path: Path, context: StageContext): LlmStage {
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
  const use = addUse(name, at, selfHosted ? 'standard' : tier, shape, needsOf(stage, shape), context);
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
function needsOf(stage: Stage, shape: ModelUse['shape']): ModelUse['needs'] {
  const asked: readonly (readonly [ModelUse['needs'][number], unknown])[] = [
    // An embedding says that it answers nothing, and has no price for it.
    ['output', shape.output > 0 ? stage.output : undefined],
    ['reasoning', stage.reasoning],
    ['cacheRead', stage.cacheReadShare],
    ['toolCall', stage.toolCalls],
    ['image', stage.imagesMade],
    ['imageInput', stage.input?.kind === 'parts' ? stage.input.images : undefined],
    ['audioInput', stage.input?.kind === 'parts' ? stage.input.audio : undefined],
  ];
  return asked.filter(([, stated]) => stated !== undefined).map(([bucket]) => bucket);
}

const hedgePercentiles = { p50: 0.5, p90: 0.1, p95: 0.05, p99: 0.01 } as const;

function hedgeShareOf(stage: Stage, path: Path, context: StageContext): number {
  if (!stage.hedge) return 0;
  const { after, maxShare } = stage.hedge;
  if (typeof after === 'string') return Math.min(maxShare, hedgePercentiles[after]);
  context.builder.assumptions.add(`${path.join('.')}.hedge is taken to reach its largest share`);
  return maxShare;
}
