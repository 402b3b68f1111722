/** How a table is drawn is the terminal's business. */
export type DrawTable = (
  columns: readonly { readonly title: string; readonly align?: 'left' | 'right'; readonly flexible?: boolean }[],
  rows: readonly (readonly string[])[],
) => string;

/** A table whose first column says what its row is about and gives way, while the figures beside it do not. */
export function figureTable(
  draw: DrawTable,
  [about, ...figures]: readonly [string, ...string[]],
  rows: readonly (readonly string[])[],
): string {
  const columns = figures.map((title) => ({ title, align: 'right' }) as const);
  return draw([{ title: about, flexible: true }, ...columns], rows);
}
