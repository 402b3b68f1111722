import type { TimeRange } from '../../ledger/index.ts';
import type { Usd } from '../../money/index.ts';

/** Something saved at a moment, and what it was saved from; picodollars. */
export interface SavedAt {
  readonly atMs: number;
  readonly saved: number;
  readonly recorded: number;
}

/** Half widths of 90 % prediction intervals for a time as long again. */
export interface Spread {
  /** Of the sum saved, at a volume that varies as it did. */
  readonly saved: number;
  /** Of saved ÷ recorded, whatever the volume is. */
  readonly share: number;
}

const dayMs = 86_400_000;
/**
 * Days are blocks where there are so many. Shorter times are cut into as many parts as a day has hours for their sums:
 * what the hours of a day differ by makes the interval wide, as it should be. Shares drift slowly, so that the hours of
 * a day tell the same thing over and over: they get a few long parts.
 */
const daysNeeded = 4;
const partsOfShortRange = 24;

/**
 * How far the sum of the next range may be from that of this one. What happens within a day hangs together (a busy day
 * is busy throughout, a cache hit needs an earlier call), so days and not calls are taken as independent: a Student
 * prediction interval t √(2n) s over n daily sums, as both sums vary. The share is a ratio estimate with the same
 * interval over its residuals (Cochran, Sampling Techniques, 1977, chapter 6).
 */
export function blockSpread(items: readonly SavedAt[], range: TimeRange): Spread {
  const sums = blocksOf(items, range, sumBlocks(range));
  const shares = blocksOf(items, range, Math.max(daysNeeded, daysOf(range)));
  return { saved: width(sums.map((block) => block.saved)), share: shareWidth(shares) };
}

/** Stretches a sample is read in. */
const stretches = 8;

/** Whether a range is long enough for its days to be what is taken as independent. */
export const countsDays = (range: TimeRange): boolean => daysOf(range) >= daysNeeded;

const daysOf = ({ fromMs, toMs }: TimeRange): number => Math.floor((toMs - fromMs) / dayMs);
const sumBlocks = (range: TimeRange): number => (countsDays(range) ? daysOf(range) : partsOfShortRange);

/** What a day or an hour cost in all. */
export interface CostAt {
  readonly atMs: number;
  readonly cost: Usd;
}

/**
 * The same from stretches of a range, read as a sample: they tell how the share varies, and what days or hours cost in
 * all tells how the volume does. Both are relative and independent, so that their squares add up.
 */
export function sampleSpread(items: readonly SavedAt[], range: TimeRange, costs: readonly CostAt[]): Spread {
  const blocks = blocksOf(items, range, stretches);
  const share = shareWidth(blocks);
  const volume = blocksOf(
    costs.map(({ atMs, cost }) => ({ atMs, saved: 0, recorded: Number(cost.picos) })),
    range,
    sumBlocks(range),
  ).map(({ recorded }) => recorded);
  const cost = volume.reduce((sum, each) => sum + each, 0);
  const relative = cost === 0 ? 0 : width(volume) / cost;
  return { saved: cost * Math.hypot(share, relative * ratioOf(blocks)), share };
}

function ratioOf(blocks: readonly Block[]): number {
  const sum = (read: (block: Block) => number) => blocks.reduce((total, block) => total + read(block), 0);
  const recorded = sum((block) => block.recorded);
  return recorded === 0 ? 0 : sum((block) => block.saved) / recorded;
}

/** Blocks in which nothing was recorded tell nothing of a share; of a single one nothing can be told. */
function shareWidth(all: readonly Block[]): number {
  const blocks = all.filter((block) => block.recorded > 0);
  const recorded = blocks.reduce((sum, block) => sum + block.recorded, 0);
  if (blocks.length < 2) return recorded === 0 ? 0 : 1;
  const ratio = ratioOf(blocks);
  return width(blocks.map((block) => block.saved - ratio * block.recorded)) / recorded;
}

const width = (values: readonly number[]): number =>
  studentT95(values.length - 1) * Math.sqrt(2 * values.length) * deviation(values);

interface Block {
  saved: number;
  recorded: number;
}

function blocksOf(items: readonly SavedAt[], { fromMs, toMs }: TimeRange, count: number): Block[] {
  const blocks = Array.from({ length: count }, () => ({ saved: 0, recorded: 0 }));
  for (const { atMs, saved, recorded } of items) {
    const place = Math.floor(((atMs - fromMs) / (toMs - fromMs)) * count);
    const block = blocks[Math.min(count - 1, Math.max(0, place))];
    if (!block) continue;
    block.saved += saved;
    block.recorded += recorded;
  }
  return blocks;
}

/** Sample standard deviation. */
function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

const z = 1.6448536269514722;

/** The 95 % quantile of Student's t, by the Cornish–Fisher expansion (Abramowitz and Stegun, 26.7.5); good to 0.3 % from 3 degrees of freedom on. */
function studentT95(freedom: number): number {
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7];
  return (
    z +
    (z3 + z) / (4 * freedom) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom ** 3)
  );
}
