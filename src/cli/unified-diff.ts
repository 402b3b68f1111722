/** Lines of unchanged text shown around a change. */
const contextLines = 2;
/** Changed regions longer than this are shown as one replacement rather than compared line by line. */
const comparedMax = 4_000_000;

type Op = { readonly mark: ' ' | '-' | '+'; readonly line: string };

/** Two texts as a unified diff, as `git diff` and `patch` write it; empty when they are equal. */
export function unifiedDiff(before: string, after: string, file: string): string {
  if (before === after) return '';
  const ops = compare(before.split('\n'), after.split('\n'));
  return [`--- ${file}`, `+++ ${file}`, ...hunks(ops)].join('\n');
}

function compare(a: readonly string[], b: readonly string[]): Op[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const same = (line: string): Op => ({ mark: ' ', line });
  return [
    ...a.slice(0, head).map(same),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ];
}

/** The longest common subsequence, by dynamic programming. */
function middle(a: readonly string[], b: readonly string[]): Op[] {
  const width = b.length + 1;
  if ((a.length + 1) * width > comparedMax) return replaced(a, b);
  const lengths = new Uint32Array((a.length + 1) * width);
  const length = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = a[i] === b[j] ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1));
    }
  }
  const ops: Op[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) ops.push({ mark: ' ', line: a[i++] ?? '' }) && j++;
    else if (length(i + 1, j) >= length(i, j + 1)) ops.push({ mark: '-', line: a[i++] ?? '' });
    else ops.push({ mark: '+', line: b[j++] ?? '' });
  }
  return [...ops, ...replaced(a.slice(i), b.slice(j))];
}

const replaced = (a: readonly string[], b: readonly string[]): Op[] => [
  ...a.map((line): Op => ({ mark: '-', line })),
  ...b.map((line): Op => ({ mark: '+', line })),
];

function hunks(ops: readonly Op[]): string[] {
  const shown = ops.map((_, index) =>
    ops.slice(Math.max(0, index - contextLines), index + contextLines + 1).some(({ mark }) => mark !== ' '),
  );
  const lines: string[] = [];
  let [oldLine, newLine] = [1, 1];
  for (let index = 0; index < ops.length; ) {
    const end = shown[index] ? endOf(shown, index) : index + 1;
    const part = ops.slice(index, end);
    const [olds, news] = [
      part.filter(({ mark }) => mark !== '+').length,
      part.filter(({ mark }) => mark !== '-').length,
    ];
    if (shown[index])
      lines.push(`@@ -${oldLine},${olds} +${newLine},${news} @@`, ...part.map(({ mark, line }) => mark + line));
    oldLine += olds;
    newLine += news;
    index = end;
  }
  return lines;
}

function endOf(shown: readonly boolean[], from: number): number {
  const end = shown.indexOf(false, from);
  return end < 0 ? shown.length : end;
}
