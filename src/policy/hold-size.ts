import type { Amounts } from '../tree/index.ts';

/** Prices of one token in picodollars; the dearer of what may apply, and never a cached-token discount. */
export interface HoldRates {
  readonly inputPicosPerToken: bigint;
  readonly outputPicosPerToken: bigint;
  /** Charged once per call, and for what the call may add (tool fees, images). */
  readonly fixedPicos: bigint;
}

/** What bounds a call before it goes out. */
export interface HoldFacts {
  readonly rates: HoldRates;
  /** Upper bound of input tokens. */
  readonly inputTokensMax: number;
  /** What the client asked for; null when it set no maximum. */
  readonly clientMaxOutputTokens: number | null;
  /** The stage's or plan's maximum, or the brake's; null when there is none. */
  readonly stageMaxOutputTokens: number | null;
  /** The most the model can answer. */
  readonly modelMaxOutputTokens: number;
  /** Answers asked for at once (`n`); each may be as long as the bound. */
  readonly choices: number;
  /** Learned output of this workflow, stage and model; null before anything was learned. */
  readonly learned: OutputQuantiles | null;
  /** True when billed tokens can be seen as they stream; hidden reasoning cannot. */
  readonly visible: boolean;
  /** Tokens a provider may still bill after a cancel. */
  readonly cancelLagTokens: number;
  /** Tokens a stream is taken to have shown for each it really has, at least 1: what bounds text overstates it until more is learned. */
  readonly seenPerToken: number;
  /** Calls in flight that hold money of the same budgets here. */
  readonly sharers: number;
}

/** Quantiles of output tokens. */
export interface OutputQuantiles {
  readonly p50: number;
  readonly p99: number;
}

/** How much to hold, and what to ask of the provider. */
export interface HoldSize {
  readonly need: Amounts;
  readonly expected: Amounts;
  /** The most output tokens the hold covers now. */
  readonly coveredOutputTokens: number;
  /** Sent upstream as the request's maximum. */
  readonly maxOutputTokens: number;
  /** True when the stream must extend its hold to get to `maxOutputTokens`. */
  readonly extends: boolean;
  /** The least that is worth sending: below it the call is refused. */
  readonly minimumUsd: bigint;
}

/** Output assumed of a stage nothing is known of; it only sizes holds and admits, it never limits an answer. */
export const unlearnedOutputTokens = 1_024;
/** First slice of a stream when nothing is learned, and the least a slice may be. */
const sliceTokensMin = 64;
/** The least a stage nothing is known of is given rather than refused. */
const unlearnedTokensMin = 128;
/**
 * When money is short, calls that cannot be watched together hold at most this part of it, or each what it is likely to
 * need: one does not take all, and a lost process does not take much with it.
 */
const headroomShare = 16n;

/**
 * Sizes a hold. A watched stream holds a slice and extends; what cannot be watched is held in full up to
 * min(client's maximum, stage's maximum, affordable), where affordable is at least the learned p99.
 * @param headroomPicos money there for the call; null when no hard budget counts it
 */
export function sizeHold(facts: HoldFacts, headroomPicos: bigint | null): HoldSize {
  const bound = outputBound(facts);
  const likely = Math.min(bound, likelyTokens(facts));
  const base = facts.rates.fixedPicos + BigInt(facts.inputTokensMax) * facts.rates.inputPicosPerToken;
  const cost = (tokens: number) => base + BigInt(tokens) * BigInt(facts.choices) * facts.rates.outputPicosPerToken;
  if (headroomPicos === null) return sized(facts, { covered: bound, max: bound, likely: bound, minimum: bound }, cost);
  const there = tokensFor(facts, headroomPicos - base);
  if (facts.visible) return sizeStream(facts, bound, likely, there, cost);
  // What nobody has learned yet is given what there is, down to a floor, rather than refused.
  const minimum = facts.learned ? likely : Math.min(likely, Math.max(unlearnedTokensMin, there));
  const share = (headroomPicos - base) / (headroomShare * BigInt(Math.max(1, facts.sharers)));
  const affordable = Math.min(bound, Math.max(minimum, tokensFor(facts, share)));
  return sized(facts, { covered: affordable, max: affordable, likely: affordable, minimum }, cost);
}

/** A stream holds its first slice and what a cancel may still cost, and is expected to need what is likely. */
function sizeStream(
  facts: HoldFacts,
  bound: number,
  likely: number,
  there: number,
  cost: (tokens: number) => bigint,
): HoldSize {
  const covered = Math.min(bound, sliceTokens(facts) + facts.cancelLagTokens);
  const hoped = facts.learned ? likely + facts.cancelLagTokens : Math.min(likely + facts.cancelLagTokens, there);
  const expected = Math.min(bound, Math.max(covered, hoped));
  return sized(facts, { covered, max: bound, likely: expected, minimum: covered }, cost);
}

/** Output tokens that so much money buys, over all choices alike; never negative. */
function tokensFor(facts: HoldFacts, picos: bigint): number {
  const perToken = facts.rates.outputPicosPerToken * BigInt(facts.choices);
  if (perToken === 0n) return Number.MAX_SAFE_INTEGER;
  const tokens = picos > 0n ? picos / perToken : 0n;
  return tokens > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(tokens);
}

interface Tokens {
  readonly covered: number;
  readonly max: number;
  readonly likely: number;
  readonly minimum: number;
}

function sized(facts: HoldFacts, tokens: Tokens, cost: (tokens: number) => bigint): HoldSize {
  const counted = (output: number) => BigInt(facts.inputTokensMax + output * facts.choices);
  return {
    need: { usd: cost(tokens.covered), tokens: counted(tokens.covered), requests: 1n },
    expected: { usd: cost(tokens.likely), tokens: counted(tokens.likely), requests: 1n },
    coveredOutputTokens: tokens.covered,
    maxOutputTokens: tokens.max,
    extends: tokens.covered < tokens.max,
    minimumUsd: cost(tokens.minimum),
  };
}

/** min(client max, stage max, model max), at least one token. */
export function outputBound(facts: HoldFacts): number {
  const client = facts.clientMaxOutputTokens ?? facts.modelMaxOutputTokens;
  const stage = facts.stageMaxOutputTokens ?? facts.modelMaxOutputTokens;
  return Math.max(1, Math.min(client, stage, facts.modelMaxOutputTokens));
}

function likelyTokens(facts: HoldFacts): number {
  const tokens = facts.learned ? Math.max(1, facts.learned.p99) : unlearnedOutputTokens;
  return Math.ceil(facts.visible ? tokens * facts.seenPerToken : tokens);
}

/** A slice is what half of all answers need, so that most streams extend once or twice. */
export function sliceTokens(facts: Pick<HoldFacts, 'learned'>): number {
  return Math.max(sliceTokensMin, Math.ceil(facts.learned?.p50 ?? 0));
}

/** How far ahead of need an extension is asked for, so that the journal has it before the old amount is read to its end. */
const aheadTokens = sliceTokensMin / 2;

/**
 * The next extension of a stream, in output tokens over all choices, or 0 while the hold still covers enough ahead. Up to
 * what an answer is likely to need it takes a slice, beyond that the least: money nobody is likely to need is for others.
 * @param seenTokens output tokens read so far, over all choices
 */
export function extensionTokens(facts: HoldFacts, seenTokens: number, coveredTokens: number): number {
  const { choices, cancelLagTokens } = facts;
  const bound = outputBound(facts) * choices;
  if (seenTokens + (cancelLagTokens + aheadTokens) * choices < coveredTokens || coveredTokens >= bound) return 0;
  const likelyLeft = (likelyTokens(facts) + cancelLagTokens) * choices - coveredTokens;
  const slice = Math.max(sliceTokensMin * choices, Math.min(sliceTokens(facts) * choices, likelyLeft));
  return Math.min(slice, bound - coveredTokens);
}

/** Amounts of an extension by `tokens` output tokens. */
export function extensionAmounts(rates: HoldRates, tokens: number): Amounts {
  return { usd: BigInt(tokens) * rates.outputPicosPerToken, tokens: BigInt(tokens) };
}
