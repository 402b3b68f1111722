import type { LineKind } from '../../tree/index.ts';
import { read } from '../model/number.ts';
import type { TieredRates } from '../model/rates.ts';
import type { LlmStage, StageModel } from '../model/stage-model.ts';
import { aroundCall } from './around-call.ts';
import { type Failing, failureMax, failureOf } from './attempt-failure.ts';
import { type CallSize, callCost, expectedAttempts, wholePower } from './call-cost.ts';
import { add, callsOf, type KernelContext, type RunCounts, type StageKernel } from './kernel-context.ts';
import { type Buffers, buffers, fillSize } from './model-call.ts';

/** Share of a hedge's answer that is written before the other one wins. */
const hedgeWritten = 0.5;

/** What a call to a model costs: its attempts, and with `aroundCall` what stands around them. */
export function modelKernel(stage: StageModel, work: LlmStage, index: number, context: KernelContext): StageKernel {
  const { rates, counts } = context;
  const b = buffers();
  const source = { listed: !work.selfHosted, metered: true, provider: work.provider, model: work.modelName };
  const line = (kind: LineKind, needed: boolean): Float64Array | null =>
    needed ? context.line(index, kind, source) : null;
  const inference = context.line(index, 'inference', source);
  const retries = line('retries', work.tries > 1);
  const repairs = line('repairs', (work.validation?.repairs ?? 0) > 0);
  const hedges = line('hedges', work.hedgeShare > 0);
  const extras = aroundCall(work, index, context, b);
  const main = rates[work.main.use] as TieredRates;
  const simple = work.route ? (rates[work.route.answerer.use] as TieredRates) : null;
  return (visits, at) => {
    const { trial, columns, weight } = at;
    const calls = callsOf(stage, at) * visits * weight;
    if (calls === 0) return;
    fillSize(work, at, b);
    const { size, cost } = b;
    callCost(main, size, cost);
    if (simple && work.route) mixSimple(simple, size, read(work.route.share, columns, trial), b);
    const hits = work.cache ? Math.min(1, read(work.cache.hitRate, columns, trial) * at.cacheFactor) : 0;
    const refused = work.guard?.input ? read(work.guard.refuseRate, columns, trial) : 0;
    const asked = calls * (1 - hits) * (1 - refused);
    const failing = failureOf(work.main, at, b.failing);
    const extra = Math.min(work.retryBudget, (expectedAttempts(failing.retried, work.tries) - 1) * at.retryFactor);
    const price = work.selfHosted ? 1 : at.priceFactor;
    const attempt = (cost.reading * failing.reading + cost.writing * failing.writing) * price;
    add(inference, trial, asked * attempt);
    if (retries) add(retries, trial, asked * extra * attempt);
    const invalid = work.validation
      ? Math.min(failureMax, read(work.validation.rate, columns, trial) * at.failureFactor)
      : 0;
    const repaired = repairs && work.validation ? invalid * expectedAttempts(invalid, work.validation.repairs) : 0;
    if (repairs)
      add(repairs, trial, asked * repaired * price * (cost.reading + cost.writing + size.output * main.base.input));
    const hedged = work.hedgeShare;
    if (hedges) add(hedges, trial, asked * hedged * price * (cost.reading + cost.writing * hedgeWritten));
    const lost =
      wholePower(failing.retried, work.tries) +
      (work.validation ? wholePower(invalid, 1 + work.validation.repairs) : 0);
    const failed = extras(calls, asked, Math.min(1, lost), hits, at);
    const sent = asked * (1 + extra + repaired + hedged);
    count(counts, trial, calls, sent, size, b.input.retrieval, failing);
    add(counts.failed, trial, failed);
    add(
      counts.squares,
      trial,
      ((asked * attempt) ** 2 / (visits * weight)) * (1 + size.inputSpread + work.output.spread),
    );
  };
}

function mixSimple(rates: TieredRates, size: CallSize, share: number, { cost, simple }: Buffers): void {
  callCost(rates, size, simple);
  cost.reading += (simple.reading - cost.reading) * share;
  cost.writing += (simple.writing - cost.writing) * share;
}

function count(
  counts: RunCounts,
  trial: number,
  calls: number,
  sent: number,
  size: CallSize,
  retrieval: number,
  failing: Failing,
): void {
  add(counts.calls, trial, calls);
  add(counts.attempts, trial, sent);
  add(counts.inputTokens, trial, sent * failing.reading * (size.text + size.images + size.audio));
  add(counts.outputTokens, trial, sent * failing.writing * (size.output + size.reasoning));
  add(counts.retrievalTokens, trial, calls * retrieval);
  add(counts.firstInputTokens, trial, calls * (size.text + size.images + size.audio));
}
