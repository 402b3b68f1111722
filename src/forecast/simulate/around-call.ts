import { read } from '../model/number.ts';
import type { TieredRates } from '../model/rates.ts';
import type { LlmStage } from '../model/stage-model.ts';
import { failureOf, scratchFailure } from './attempt-failure.ts';
import { callCost } from './call-cost.ts';
import { add, type KernelContext, minutesPerHour, type Situation, type StageLine, unbilled } from './kernel-context.ts';
import type { Buffers } from './model-call.ts';

/** Tokens a summary keeps of what it replaces. */
const summaryShare = 0.1;
/** Tokens a judge of complexity writes. */
const verdictTokens = 1;

/** Adds what stands around the call itself; answers with the calls that failed for good. */
type AroundCall = (calls: number, asked: number, lost: number, hits: number, at: Situation) => number;

export function aroundCall(work: LlmStage, index: number, context: KernelContext, b: Buffers): AroundCall {
  const steps = [
    guardStep(work, index, context, b),
    cacheStep(work, index, context, b),
    helpStep(work, index, context, b),
  ].filter((step) => step !== null);
  const fall = fallbackStep(work, index, context, b);
  return (calls, asked, lost, hits, at) => {
    for (const step of steps) step(calls, asked, lost, hits, at);
    return fall(calls, asked, lost, hits, at);
  };
}

function sourceOf(work: LlmStage): Omit<StageLine, 'stage' | 'line' | 'usdPerRun'> {
  return { listed: true, metered: true, provider: work.provider, model: work.modelName };
}

function guardStep(work: LlmStage, index: number, context: KernelContext, b: Buffers): AroundCall | null {
  const { guard } = work;
  if (!guard) return null;
  const usd = context.line(index, 'guardrails', sourceOf(work));
  const rates = context.rates[guard.use] as TieredRates;
  return (calls, asked, _lost, hits, at) => {
    const { base } = rates;
    const checkedInput = guard.input ? calls * (1 - hits) * (b.size.text * base.input + base.call) : 0;
    const checkedOutput = guard.output ? asked * (b.size.output * base.input + base.call) : 0;
    add(usd, at.trial, (checkedInput + checkedOutput) * at.priceFactor);
    return 0;
  };
}

/** A semantic look-up embeds the question; a wrong hit costs what it does to the user. */
function cacheStep(work: LlmStage, index: number, context: KernelContext, b: Buffers): AroundCall | null {
  const { cache } = work;
  if (!cache) return null;
  const embedding = cache.embedding < 0 ? null : (context.rates[cache.embedding] as TieredRates);
  const lookups = embedding ? context.line(index, 'retrieval', sourceOf(work)) : null;
  const quality = context.line(index, 'quality', unbilled);
  return (calls, _asked, _lost, hits, at) => {
    const { trial, columns } = at;
    const question = read(work.input.question, columns, trial) * at.inputFactor;
    if (lookups && embedding) {
      add(
        lookups,
        trial,
        calls * at.priceFactor * (Math.min(question, b.size.text) * embedding.base.input + embedding.base.call),
      );
    }
    const wrong = hits * read(cache.wrongRate, columns, trial);
    add(quality, trial, calls * wrong * read(cache.wrongUsd, columns, trial));
    return 0;
  };
}

/** Models that help the call: one that judges how simple it is, one that compresses old turns. */
function helpStep(work: LlmStage, index: number, context: KernelContext, b: Buffers): AroundCall | null {
  const classifier =
    work.route && work.route.classifier >= 0 ? (context.rates[work.route.classifier] as TieredRates) : null;
  const summarizer = work.summarizer >= 0 ? (context.rates[work.summarizer] as TieredRates) : null;
  if (!classifier && !summarizer) return null;
  const usd = context.line(index, 'guardrails', sourceOf(work));
  return (_calls, asked, _lost, _hits, at) => {
    const judged = classifier ? b.size.text * classifier.base.input + verdictTokens * classifier.base.output : 0;
    const { removed } = b.input;
    const compressed = summarizer ? removed * (summarizer.base.input + summaryShare * summarizer.base.output) : 0;
    add(usd, at.trial, asked * (judged + compressed) * at.priceFactor);
    return 0;
  };
}

/** Passes what failed down the chain, step by step. */
function fallbackStep(work: LlmStage, index: number, context: KernelContext, b: Buffers): AroundCall {
  const { fallbacks } = work;
  if (fallbacks.length === 0) return (_calls, asked, lost) => asked * lost;
  const usd = context.line(index, 'fallbacks', sourceOf(work));
  const human = fallbacks.some(({ kind }) => kind === 'human') ? context.line(index, 'human', unbilled) : null;
  return (_calls, asked, lost, _hits, at) => {
    const { trial, columns } = at;
    let left = asked * lost;
    for (const step of fallbacks) {
      if (step.kind === 'model') {
        callCost(context.rates[step.use] as TieredRates, b.size, b.other);
        const failing = failureOf(step, at, scratchFailure);
        const cost = b.other.reading * failing.reading + b.other.writing * failing.writing;
        add(usd, trial, left * cost * at.priceFactor);
        add(context.counts.attempts, trial, left);
        left *= failing.retried;
      } else if (step.kind === 'human' && human) {
        const minutes = read(step.minutes, columns, trial);
        add(human, trial, (left * minutes * read(step.hourlyUsd, columns, trial)) / minutesPerHour);
        add(context.counts.humanMinutes, trial, left * minutes);
        left = 0;
      } else left = 0;
    }
    return left;
  };
}
