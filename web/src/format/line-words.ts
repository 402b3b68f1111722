/** A line of cost as people write it: `operationalDebt` → `operational debt`. */
export function lineWords(line: string): string {
  return line.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
