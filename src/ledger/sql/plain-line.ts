import { type Attempt, inputBuckets, inputTokensOf, outputBuckets, outputTokensOf } from '../../tree/index.ts';
import { classifyLine } from '../classify-line.ts';

/** Tokens an attempt counts as read from the cache. */
export const cacheReadTokensOf = ({ usage }: Pick<Attempt, 'usage'>): number =>
  (usage.cacheRead ?? 0) + (usage.audioCacheRead ?? 0);
export const cacheReadBuckets: readonly string[] = ['cacheRead', 'audioCacheRead'];

/**
 * The one kind all lines of an attempt are of, where they sum to its cost and tokens: then what it adds to a kind is what
 * it is as a whole, and its lines need not be looked at. Null where they must be.
 */
export function plainLine(attempt: Attempt): string | null {
  const lines = attempt.lines.map((line) => classifyLine(line, attempt.reason));
  const [first] = lines;
  if (first === undefined || lines.some(({ line }) => line !== first.line)) return null;
  const sum = (buckets: readonly string[]) =>
    lines.reduce(
      (all, { bucket, unit, quantity }) => all + (unit === 'tokens' && buckets.includes(bucket) ? quantity : 0),
      0,
    );
  const adds =
    lines.every(({ quantity }) => Number.isSafeInteger(quantity)) &&
    lines.reduce((all, { cost }) => all + cost.picos, 0n) === attempt.cost?.picos &&
    isSum(sum(inputBuckets), inputTokensOf(attempt.usage)) &&
    isSum(sum(cacheReadBuckets), cacheReadTokensOf(attempt)) &&
    isSum(sum(outputBuckets), outputTokensOf(attempt.usage));
  return adds ? first.line : null;
}

/** Beyond whole numbers a double holds exactly, what is kept of lines and of their attempt may differ. */
const isSum = (sum: number, own: number): boolean => sum === own && Number.isSafeInteger(sum);

const named = (buckets: readonly string[]) => buckets.map((bucket) => `'${bucket}'`).join(', ');

/** Lines of a row that are looked at by place; of more, each is looked at whenever a question tells kinds apart. */
const placesMax = 8;
const places = Array.from({ length: placesMax }, (_, index) => index + 1);

/** The same as SQL, over the columns of attempts or of sums. */
export function plainLineSql(): string {
  const tokens = (buckets: readonly string[]) => {
    const one = (
      place: number,
    ) => `CASE WHEN line_unit[${place}] = 'tokens' AND line_bucket[${place}] IN (${named(buckets)})
      THEN line_quantity[${place}] ELSE 0 END`;
    return places.map(one).join(' + ');
  };
  return `CASE WHEN len(line_kind) BETWEEN 1 AND ${placesMax} AND len(list_distinct(line_kind)) = 1
    AND list_sum(line_cost) = cost AND ${tokens(inputBuckets)} = input_tokens
    AND ${tokens(cacheReadBuckets)} = cache_read_tokens AND ${tokens(outputBuckets)} = output_tokens THEN line_kind[1] END`;
}
