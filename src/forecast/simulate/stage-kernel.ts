import type { LineKind } from '../../tree/index.ts';
import { type Columns, type Num, read } from '../model/number.ts';
import type { TieredRates } from '../model/rates.ts';
import {
  type Answerer,
  billedShares,
  failureKinds,
  type InputModel,
  type LlmStage,
  type StageModel,
} from '../model/stage.ts';
import { cappedMean } from '../normal.ts';
import { type CallCost, type CallSize, callCost, earlierTurns, expectedAttempts, wholePower } from './call-cost.ts';

/** What holds for one trial and one segment while its stages are added up. */
export interface Situation {
  trial: number;
  columns: Columns;
  /** Share of the runs that are this segment's. */
  weight: number;
  /** Turns of a session, and whether their number falls off geometrically. */
  turns: number;
  geometric: boolean;
  inputFactor: number;
  outputFactor: number;
  failureFactor: number;
  retryFactor: number;
  cacheFactor: number;
  priceFactor: number;
}

/** One line of one stage: mean dollars per run, by trial. */
export interface StageLine {
  readonly stage: number;
  readonly line: LineKind;
  /** Whether a change of list prices moves it. */
  readonly listed: boolean;
  /** Whether a budget would count it: it is billed by a provider. */
  readonly metered: boolean;
  readonly provider: string;
  readonly model: string;
  readonly usdPerRun: Float64Array;
}

/** Means per run, by trial. */
export interface RunCounts {
  readonly calls: Float64Array;
  readonly attempts: Float64Array;
  readonly inputTokens: Float64Array;
  readonly outputTokens: Float64Array;
  readonly serviceCalls: Float64Array;
  readonly humanMinutes: Float64Array;
  /** Share of runs in which a call failed for good. */
  readonly failed: Float64Array;
  /** Retrieval tokens, and all input tokens they are part of. */
  readonly retrievalTokens: Float64Array;
  readonly firstInputTokens: Float64Array;
  /** Sum over the stages of visits × cost², for the spread from run to run. */
  readonly squares: Float64Array;
}

export function runCounts(trials: number): RunCounts {
  const make = (): Float64Array => new Float64Array(trials);
  return {
    calls: make(),
    attempts: make(),
    inputTokens: make(),
    outputTokens: make(),
    serviceCalls: make(),
    humanMinutes: make(),
    failed: make(),
    retrievalTokens: make(),
    firstInputTokens: make(),
    squares: make(),
  };
}

/** Adds one stage's costs and counts for one trial and segment. */
export type StageKernel = (visits: number, at: Situation) => void;

export interface KernelContext {
  readonly rates: readonly TieredRates[];
  readonly counts: RunCounts;
  readonly trials: number;
  /** Makes a line, or finds the one there is. */
  line(stage: number, line: LineKind, source: Omit<StageLine, 'stage' | 'line' | 'usdPerRun'>): Float64Array;
}

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

const unbilled = { listed: false, metered: false, provider: '', model: '' };
const minutesPerHour = 60;

function add(array: Float64Array, index: number, amount: number): void {
  array[index] = (array[index] as number) + amount;
}

const callsOf = (stage: StageModel, { columns, trial }: Situation): number =>
  read(stage.calls, columns, trial) * read(stage.fanOut, columns, trial);

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

interface Failing {
  /** Probability that an attempt fails in a way that is tried again. */
  retried: number;
  /** Shares of reading and writing that an attempt is billed on average. */
  reading: number;
  writing: number;
}

const scratchFailure: Failing = { retried: 0, reading: 1, writing: 1 };
/** Even a provider that is down answers once in a while; keeps expectations finite. */
const failureMax = 0.99;

function failureOf({ failures }: Answerer, { columns, trial, failureFactor }: Situation, into: Failing): Failing {
  let all = 0;
  let reading = 0;
  let writing = 0;
  for (const kind of failureKinds) {
    const num = failures[kind];
    const p = (num.column < 0 ? num.constant : read(num, columns, trial)) * failureFactor;
    all += p;
    reading += p * (1 - billedShares[kind].input);
    writing += p * (1 - billedShares[kind].output);
  }
  const scale = all > failureMax ? failureMax / all : 1;
  into.retried = all * scale;
  into.reading = 1 - reading * scale;
  into.writing = 1 - writing * scale;
  return into;
}

/** Mean input of one call after trimming; the parts are kept apart for what is said about them. */
interface Input {
  text: number;
  spread: number;
  retrieval: number;
  removed: number;
}

function inputOf(input: InputModel, maxInputTokens: number, at: Situation, into: Input): Input {
  const { columns, trial, inputFactor, turns, geometric } = at;
  const { history } = input;
  const earlier = 'tokens' in history ? 1 : earlierTurns(turns, geometric, history.maxTurns);
  const each = 'tokens' in history ? history.tokens : history.perTurn;
  const system = read(input.system, columns, trial);
  const told = read(each, columns, trial) * earlier;
  const retrieval = read(input.retrieval, columns, trial);
  const question = read(input.question, columns, trial);
  const tools = read(input.tools, columns, trial);
  const whole = system + told + retrieval + question + tools;
  const squares =
    told * told * each.spread +
    retrieval * retrieval * input.retrieval.spread +
    question * question * input.question.spread;
  into.spread = whole > 0 ? squares / (whole * whole) : 0;
  const asked = whole * inputFactor;
  into.text = Number.isFinite(maxInputTokens) ? cappedMean(asked, into.spread, maxInputTokens) : asked;
  into.removed = asked - into.text;
  into.retrieval = asked > 0 ? (retrieval * inputFactor * into.text) / asked : 0;
  return into;
}

/** Tokens a summary keeps of what it replaces. */
const summaryShare = 0.1;
/** Tokens a judge of complexity writes. */
const verdictTokens = 1;
/** Share of a hedge's answer that is written before the other one wins. */
const hedgeWritten = 0.5;

interface Buffers {
  readonly size: CallSize;
  readonly cost: CallCost;
  readonly simple: CallCost;
  readonly other: CallCost;
  readonly failing: Failing;
  readonly input: Input;
}

function buffers(): Buffers {
  const none = (): CallCost => ({ reading: 0, writing: 0 });
  return {
    size: {
      text: 0,
      cacheReadShare: 0,
      images: 0,
      audio: 0,
      output: 0,
      reasoning: 0,
      toolCalls: 0,
      imagesMade: 0,
      inputSpread: 0,
    },
    cost: none(),
    simple: none(),
    other: none(),
    failing: { retried: 0, reading: 1, writing: 1 },
    input: { text: 0, spread: 0, retrieval: 0, removed: 0 },
  };
}

function fillSize(work: LlmStage, at: Situation, { size, input }: Buffers): void {
  const { columns, trial, outputFactor } = at;
  inputOf(work.input, work.maxInputTokens, at, input);
  const written = read(work.output, columns, trial) * outputFactor;
  size.text = input.text;
  size.inputSpread = input.spread;
  size.cacheReadShare = read(work.cacheReadShare, columns, trial);
  size.images = read(work.input.images, columns, trial);
  size.audio = read(work.input.audio, columns, trial);
  size.output = Number.isFinite(work.maxOutputTokens)
    ? cappedMean(written, work.output.spread, work.maxOutputTokens)
    : written;
  size.reasoning = read(work.reasoning, columns, trial) * outputFactor;
  size.toolCalls = read(work.toolCalls, columns, trial);
  size.imagesMade = read(work.imagesMade, columns, trial);
}

function modelKernel(stage: StageModel, work: LlmStage, index: number, context: KernelContext): StageKernel {
  const { rates, counts } = context;
  const b = buffers();
  const source = { listed: !work.selfHosted, metered: true, provider: work.provider, model: work.modelName };
  const line = (kind: LineKind, needed: boolean): Float64Array | null =>
    needed ? context.line(index, kind, source) : null;
  const inference = context.line(index, 'inference', source);
  const retries = line('retries', work.tries > 1);
  const repairs = line('repairs', (work.validation?.repairs ?? 0) > 0);
  const hedges = line('hedges', work.hedgeShare > 0);
  const extras = extraKernel(work, index, context, b);
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

/** Adds what stands around the call itself; answers with the calls that failed for good. */
type ExtraKernel = (calls: number, asked: number, lost: number, hits: number, at: Situation) => number;

function extraKernel(work: LlmStage, index: number, context: KernelContext, b: Buffers): ExtraKernel {
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

function guardStep(work: LlmStage, index: number, context: KernelContext, b: Buffers): ExtraKernel | null {
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
function cacheStep(work: LlmStage, index: number, context: KernelContext, b: Buffers): ExtraKernel | null {
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
function helpStep(work: LlmStage, index: number, context: KernelContext, b: Buffers): ExtraKernel | null {
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
function fallbackStep(work: LlmStage, index: number, context: KernelContext, b: Buffers): ExtraKernel {
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
