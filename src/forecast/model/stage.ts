import type { Provider, Stage } from '../../config/index.ts';
import { failuresOf } from './failure-rates.ts';
import { compileModel } from './model-stage.ts';
import { fixed, type Num, zero } from './number.ts';
import { splitModel } from './rates.ts';
import type { Path, StageContext } from './stage-context.ts';
import type { StageModel, WorkModel } from './stage-model.ts';

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
