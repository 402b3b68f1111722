import { seededRandom } from '../../src/base/index.ts';
import { type Attempt, attributionNames } from '../../src/tree/index.ts';
import type { ProductRows } from './support-product.ts';

/** Who a run is for; what it did stays. */
const done = new Set<string>(['workflow', 'stage', 'run', 'session', 'interaction']);
const who = [...attributionNames.filter((name) => !done.has(name)), 'tags'] as const;

/** The same calls with the labels of runs dealt out anew. */
export function shuffledLabels(rows: ProductRows, seed: number): ProductRows {
  const labels = new Map(rows.attempts.map((attempt) => [attempt.run, labelsOf(attempt)]));
  const runs = [...labels.keys()];
  const dealt = new Map(shuffled(runs, seed).map((from, index) => [runs[index] ?? '', labels.get(from) ?? {}]));
  const relabel = <Row extends { readonly run?: string }>(row: Row): Row => {
    const rest = Object.fromEntries(Object.entries(row).filter(([name]) => !(who as readonly string[]).includes(name)));
    return { ...rest, ...dealt.get(row.run ?? '') } as unknown as Row;
  };
  return { ...rows, attempts: rows.attempts.map(relabel), work: rows.work.map(relabel) };
}

function labelsOf(attempt: Attempt): Partial<Attempt> {
  return Object.fromEntries(who.flatMap((name) => (attempt[name] === undefined ? [] : [[name, attempt[name]]])));
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  const dealt = [...items];
  for (let at = dealt.length - 1; at > 0; at--) {
    const other = Math.floor(random.next() * (at + 1));
    [dealt[at], dealt[other]] = [dealt[other] as T, dealt[at] as T];
  }
  return dealt;
}
