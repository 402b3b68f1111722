/**
 * The known word nearest to what was written, for "did you mean"; null when none is near: more than a third of it would
 * have to change. Case is ignored, and the beginning of a word is as near as one mistake.
 */
export function nearest(written: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (const word of known) {
    const distance = distanceTo(written.toLowerCase(), word.toLowerCase());
    if (distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

function distanceTo(written: string, word: string): number {
  return written.length > 2 && word.startsWith(written) ? 1 : editDistance(written, word);
}

/** Longer words are no typing errors; comparing them would only cost time. */
const lengthMax = 128;

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); 128 for longer words. */
export function editDistance(a: string, b: string): number {
  if (a.length > lengthMax || b.length > lengthMax) return a === b ? 0 : lengthMax;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
          ? (before[column - 2] ?? 0) + 1
          : replaced;
      current.push(Math.min(replaced, swapped, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
