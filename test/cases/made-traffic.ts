import { type Random, seededRandom } from '../../src/base/index.ts';
import type { TraceRecord } from '../../src/pilot/index.ts';

const dayMs = 86_400_000;

/** Conversations and single questions of a made-up product, oldest first; days differ as they do. */
export function madeTraffic(options: {
  readonly seed: number;
  readonly days: number;
  readonly perDay: number;
}): TraceRecord[] {
  const random = seededRandom(options.seed);
  const records = Array.from({ length: options.days }, (_, day) => {
    const count = Math.round(options.perDay * (0.7 + random.next() * 0.6));
    return Array.from({ length: count }, () => record(day, random));
  });
  return records.flat().sort((a, b) => a.atMs - b.atMs);
}

function record(day: number, random: Random): TraceRecord {
  const between = (low: number, high: number) => Math.floor(low + random.next() * (high - low));
  const sizes = { system: 600, retrieval: between(500, 2_500), history: between(0, 600), question: between(10, 120) };
  const parts = (['system', 'retrieval', 'history', 'question'] as const).map((part) => ({
    part,
    blocks: [{ id: `${part}${between(0, 50)}`, tokens: sizes[part] }],
  }));
  const told = random.next() < 0.7;
  return {
    ...{ line: 0, atMs: day * dayMs + between(0, dayMs), outputTokens: between(40, 500), model: null, attribution: {} },
    inputTokens: Object.values(sizes).reduce((sum, tokens) => sum + tokens, 0),
    ...{ parts: told ? parts : [], session: `s${between(0, 5_000)}`, stream: null },
  };
}
