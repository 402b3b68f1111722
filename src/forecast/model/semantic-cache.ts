import type { Stage } from '../../config/index.ts';
import type { Path, StageContext } from './stage-context.ts';
import type { CacheModel } from './stage-model.ts';

/**
 * Right and wrong hits of a semantic cache by similarity threshold, of 999 questions (GPTCache's benchmark). Between
 * thresholds it is linear.
 */
export const semanticBenchmark = [
  { similarity: 0.8, right: 904, wrong: 92 },
  { similarity: 0.9, right: 804, wrong: 77 },
  { similarity: 0.95, right: 425, wrong: 25 },
] as const;
const benchmarkQuestions = 999;

export function semanticRates(similarity: number): { readonly hitRate: number; readonly wrongRate: number } {
  const [low, middle, high] = semanticBenchmark;
  const [from, to] = similarity <= middle.similarity ? [low, middle] : [middle, high];
  const position = (similarity - from.similarity) / (to.similarity - from.similarity);
  const at = Math.min(1, Math.max(0, position));
  const right = from.right + (to.right - from.right) * at;
  const wrong = from.wrong + (to.wrong - from.wrong) * at;
  return { hitRate: (right + wrong) / benchmarkQuestions, wrongRate: wrong / (right + wrong) };
}

const usualSimilarity = 0.95;

export function compileCache(
  stage: Stage,
  path: Path,
  modelUse: (name: string | undefined, at: Path) => number,
  { builder }: StageContext,
): CacheModel | null {
  const { cache } = stage;
  if (!cache) return null;
  const at = [...path, 'cache'];
  const semantic = cache.mode === 'semantic' ? semanticRates(cache.similarity ?? usualSimilarity) : null;
  if (cache.hitRate === undefined) {
    builder.assumptions.add(
      semantic
        ? `${at.join('.')} has no hitRate: that of GPTCache’s benchmark is taken, whose questions all have a near twin`
        : `${at.join('.')} has no hitRate: no hit is counted`,
    );
  }
  return {
    hitRate: builder.share(cache.hitRate, [...at, 'hitRate'], semantic?.hitRate ?? 0),
    wrongRate: builder.share(cache.wrongHitRate, [...at, 'wrongHitRate'], semantic?.wrongRate ?? 0),
    wrongUsd: builder.money(cache.wrongHitUsd, [...at, 'wrongHitUsd']),
    embedding: modelUse(cache.embeddingModel, [...at, 'embeddingModel']),
  };
}
