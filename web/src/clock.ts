/** The one source of wall time in the dashboard; ms since the Unix epoch. */
export function nowMs(): number {
  return Date.now();
}
