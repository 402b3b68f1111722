/** How unequal users are. */
export interface Concentration {
  readonly users: number;
  /** Share of the cost that the dearest share of users makes. */
  readonly top: readonly { readonly users: number; readonly cost: number }[];
  /** The Lorenz curve: the cheapest share of users and the share of the cost they make, in twentieths. */
  readonly lorenz: readonly { readonly users: number; readonly cost: number }[];
  /** 0: all alike, 1: one user makes all. */
  readonly gini: number;
}

const twentieths = Array.from({ length: 21 }, (_, index) => index / 20);
const topShares = [0.01, 0.05, 0.1, 0.2] as const;

/** Lorenz curve and Gini coefficient (1 − 2 × area below the curve, by trapezoids) of what users cost. */
export function concentration(costs: readonly number[]): Concentration {
  const sorted = costs.toSorted((a, b) => a - b);
  const total = sorted.reduce((sum, cost) => sum + cost, 0);
  const running = [0];
  for (const cost of sorted) running.push((running.at(-1) ?? 0) + cost);
  const shareOf = (users: number) => (total === 0 ? users : interpolated(running, users * sorted.length) / total);
  const area = running.slice(1).reduce((sum, value, index) => sum + value + (running[index] ?? 0), 0) / 2;
  return {
    users: sorted.length,
    top: topShares.map((users) => ({ users, cost: 1 - shareOf(1 - users) })),
    lorenz: twentieths.map((users) => ({ users, cost: shareOf(users) })),
    gini: total === 0 || sorted.length === 0 ? 0 : 1 - (2 * area) / (total * sorted.length),
  };
}

function interpolated(values: readonly number[], place: number): number {
  const below = Math.floor(place);
  const [low = 0, high = low] = [values[below], values[below + 1]];
  return low + (high - low) * (place - below);
}
