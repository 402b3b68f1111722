import type { TieredRates, UnitRates } from '../model/rates.ts';
import { massAbove, shareAbove } from '../normal.ts';

/** Mean size of one call, in tokens and units, after caps. */
export interface CallSize {
  text: number;
  cacheReadShare: number;
  images: number;
  audio: number;
  output: number;
  reasoning: number;
  toolCalls: number;
  imagesMade: number;
  /** Squared coefficient of variation of the input from call to call. */
  inputSpread: number;
}

/** Mean cost of one call, dollars: what is due for reading, and what is due for writing. */
export interface CallCost {
  reading: number;
  writing: number;
}

function addAt(rates: UnitRates, size: CallSize, readShare: number, writeShare: number, cost: CallCost): void {
  const { text, cacheReadShare, images, audio } = size;
  const textRate = rates.input + (rates.cacheRead - rates.input) * cacheReadShare;
  cost.reading += readShare * (text * textRate + images * rates.imageInput + audio * rates.audioInput);
  cost.reading += writeShare * (rates.call + size.toolCalls * rates.toolCall);
  cost.writing +=
    writeShare * (size.output * rates.output + size.reasoning * rates.reasoning + size.imagesMade * rates.image);
}

/** Beyond so many times the mean, a long-context tier is not met. */
const farBeyond = 50;

/**
 * Mean cost of a call. Calls above a long-context threshold are priced at its rates whole: their share of tokens follows
 * from the input's lognormal spread.
 */
export function callCost(rates: TieredRates, size: CallSize, cost: CallCost): void {
  cost.reading = 0;
  cost.writing = 0;
  const total = size.text + size.images + size.audio;
  let mass = 1;
  let share = 1;
  for (let tier = rates.above.length - 1; tier >= 0; tier--) {
    const above = rates.above[tier];
    if (above === undefined || above.inputTokens > total * farBeyond) continue;
    const massHere = massAbove(total, size.inputSpread, above.inputTokens);
    const shareHere = shareAbove(total, size.inputSpread, above.inputTokens);
    addAt(above.rates, size, massHere - (1 - mass), shareHere - (1 - share), cost);
    mass = 1 - massHere;
    share = 1 - shareHere;
  }
  addAt(rates.base, size, mass, share, cost);
}

/** Mean number of earlier turns a random turn sends along, with sessions of `turns` turns on average. */
export function earlierTurns(turns: number, geometric: boolean, turnsMax: number): number {
  if (turns <= 1) return 0;
  if (!geometric) return earlierOfEqual(turns, turnsMax);
  // Of the turns of geometric sessions a share qʲ has at least j before it.
  const q = 1 - 1 / turns;
  const cut = Number.isFinite(turnsMax) ? q ** turnsMax : 0;
  return (q * (1 - cut)) / (1 - q);
}

function earlierOfEqual(turns: number, turnsMax: number): number {
  if (turns - 1 <= turnsMax) return (turns - 1) / 2;
  return (turnsMax * (turnsMax + 1) * 0.5 + (turns - 1 - turnsMax) * turnsMax) / turns;
}

/**
 * Expected attempts with failure probability `p` and at most `tries` tries: (1 − pⁿ)/(1 − p).
 * Source: the truncated geometric distribution.
 */
export function expectedAttempts(p: number, tries: number): number {
  if (p >= 1) return tries;
  return (1 - wholePower(p, tries)) / (1 - p);
}

/** pⁿ for small whole n, several times as fast as the general power. */
export function wholePower(p: number, n: number): number {
  let product = 1;
  for (let i = 0; i < n; i++) product *= p;
  return product;
}
