import { type Num, read } from '../model/number.ts';
import type { StageModel } from '../model/stage-model.ts';
import { failureOf, scratchFailure } from './attempt-failure.ts';
import { expectedAttempts } from './call-cost.ts';
import { add, callsOf, type KernelContext, minutesPerHour, type StageKernel, unbilled } from './kernel-context.ts';
import { modelKernel } from './model-kernel.ts';

export function stageKernel(stage: StageModel, index: number, context: KernelContext): StageKernel {
  const { work } = stage;
  switch (work.kind) {
    case 'human':
      return humanKernel(stage, index, work.minutes, work.hourlyUsd, context);
    case 'service':
      return serviceKernel(stage, index, context);
    case 'model':
      return withReview(stage, index, modelKernel(stage, work, index, context), context);
  }
}

function humanKernel(
  stage: StageModel,
  index: number,
  minutes: Num,
  hourlyUsd: Num,
  context: KernelContext,
): StageKernel {
  const { counts } = context;
  const usd = context.line(index, 'human', unbilled);
  return (visits, at) => {
    const { trial, columns, weight } = at;
    const worked = callsOf(stage, at) * read(minutes, columns, trial);
    const cost = (worked * read(hourlyUsd, columns, trial)) / minutesPerHour;
    add(usd, trial, weight * visits * cost);
    add(counts.humanMinutes, trial, weight * visits * worked);
    add(counts.squares, trial, weight * visits * cost * cost * (1 + minutes.spread));
  };
}

function serviceKernel(stage: StageModel, index: number, context: KernelContext): StageKernel {
  const { work } = stage;
  if (work.kind !== 'service') return () => undefined;
  const { counts } = context;
  const usd = context.line(index, work.retrieval ? 'retrieval' : 'services', unbilled);
  return (visits, at) => {
    const { trial, columns, weight } = at;
    const calls = callsOf(stage, at);
    const failing = failureOf({ use: -1, failures: work.failures }, at, scratchFailure);
    const extra = (expectedAttempts(failing.retried, work.tries) - 1) * at.retryFactor;
    const cost = calls * (1 + extra) * read(work.perCallUsd, columns, trial);
    add(usd, trial, weight * visits * cost);
    add(counts.serviceCalls, trial, weight * visits * calls);
    add(counts.squares, trial, weight * visits * cost * cost);
  };
}

function withReview(stage: StageModel, index: number, kernel: StageKernel, context: KernelContext): StageKernel {
  const { review } = stage;
  if (!review) return kernel;
  const usd = context.line(index, 'human', unbilled);
  return (visits, at) => {
    kernel(visits, at);
    const { trial, columns, weight } = at;
    const reviewed = callsOf(stage, at) * read(review.share, columns, trial) * weight * visits;
    const minutes = read(review.minutes, columns, trial);
    const cost = (minutes * read(review.hourlyUsd, columns, trial)) / minutesPerHour;
    add(usd, trial, reviewed * cost);
    add(context.counts.humanMinutes, trial, reviewed * minutes);
    add(context.counts.squares, trial, reviewed * cost * cost * (1 + review.minutes.spread));
  };
}
