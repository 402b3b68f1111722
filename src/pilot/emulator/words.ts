const syllables = ['ba', 'co', 'di', 'fe', 'ga', 'lo', 'mi', 'nu', 'pa', 're', 'so', 'ti', 'va', 'wo', 'ze', 'ka'];

/** 256 two-syllable words, each one token by the emulator's rule. */
const vocabulary = Array.from(
  { length: 256 },
  (_, index) => `${syllables[index >> 4] ?? ''}${syllables[index & 15] ?? ''}`,
);
const wordWidth = 5;
const pageWords = 4_096;
/** Every word is four letters and a space, so a run of words is a substring. */
const page = Array.from({ length: pageWords }, (_, index) => vocabulary[(index * 167 + (index >> 8)) & 255]).join(' ');

/** Text of exactly `tokens` words; `offset` chooses which. */
export function wordsOf(tokens: number, offset: number): string {
  if (tokens <= 0) return '';
  const start = offset % pageWords;
  if (start + tokens <= pageWords) return page.slice(start * wordWidth, (start + tokens) * wordWidth - 1);
  const parts = [page.slice(start * wordWidth)];
  let left = tokens - (pageWords - start);
  for (; left > pageWords; left -= pageWords) parts.push(page);
  if (left > 0) parts.push(page.slice(0, left * wordWidth - 1));
  return parts.join(' ');
}

/** The emulator's whole tokenizer: a run of anything but white space (code points up to U+0020) is one token. */
export function countWords(text: string): number {
  let words = 0;
  let inWord = false;
  for (let i = 0; i < text.length; i++) {
    const isWord = text.charCodeAt(i) > 32;
    if (isWord && !inWord) words++;
    inWord = isWord;
  }
  return words;
}

/** Cuts `text` into pieces of `tokens` words each; joined without anything between they give `text` again. */
export function* piecesOf(text: string, tokens: number): Generator<string> {
  let start = 0;
  let words = 0;
  let inWord = false;
  for (let i = 0; i < text.length; i++) {
    const isWord = text.charCodeAt(i) > 32;
    if (isWord && !inWord && ++words > tokens) {
      yield text.slice(start, i);
      start = i;
      words = 1;
    }
    inWord = isWord;
  }
  if (start < text.length) yield text.slice(start);
}

/** The first `tokens` words of `text`. */
export function firstWords(text: string, tokens: number): string {
  if (tokens <= 0) return '';
  for (const piece of piecesOf(text, tokens)) return piece;
  return '';
}
