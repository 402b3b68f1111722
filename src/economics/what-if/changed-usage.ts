import { type Attempt, type Bucket, inputBuckets, inputTokensOf, type Usage } from '../../tree/index.ts';

/** Takes `count` tokens out of the input, the dearest kind first: what was read from a cache stays longest. */
export function withoutInput(usage: Usage, count: number): Usage {
  let left = count;
  const kept: { [bucket in Bucket]?: number } = { ...usage };
  for (const bucket of [...inputBuckets.filter((name) => name !== 'cacheRead'), 'cacheRead' as const]) {
    const taken = Math.min(left, kept[bucket] ?? 0);
    if (taken > 0) kept[bucket] = (kept[bucket] ?? 0) - taken;
    left -= taken;
  }
  return kept;
}

/**
 * Input tokens a limit would cut: what is over it, as far as history and retrieval can give it; instructions, the
 * question and tools stay. Zero when the parts of the prompt are not known.
 */
export function trimmable({ usage, partTokens }: Attempt, maxInputTokens: number): number {
  const input = inputTokensOf(usage);
  if (partTokens === null || input <= maxInputTokens) return 0;
  const { system, history, retrieval, question, tools } = partTokens;
  const all = system + history + retrieval + question + tools;
  if (all === 0) return 0;
  return Math.floor(Math.min(input - maxInputTokens, (input * (history + retrieval)) / all));
}

/** The same usage with at most so many output tokens shown; hidden reasoning stays. */
export function withOutputAtMost(usage: Usage, maxOutputTokens: number): Usage {
  return { ...usage, output: Math.min(usage.output ?? 0, maxOutputTokens) };
}

/** Input tokens of which so many are read from the provider's cache instead. */
export function withPrefixCached(usage: Usage, cachedTokens: number): Usage {
  const moved = Math.min(usage.input ?? 0, Math.max(0, cachedTokens - (usage.cacheRead ?? 0)));
  return moved === 0
    ? usage
    : { ...usage, input: (usage.input ?? 0) - moved, cacheRead: (usage.cacheRead ?? 0) + moved };
}
