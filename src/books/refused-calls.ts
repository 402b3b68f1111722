import type { RefusedCall } from '../tree/index.ts';

/** Named limits of what is kept of refused calls. */
export const refusedCallLimits = {
  /** Of all callers together; the oldest go first. */
  keptMax: 10_000,
  /** Of one user of one key, so that a caller who tries again and again hides nobody else. */
  perCallerMax: 20,
  /** Kept no longer than this, ms. */
  keepMs: 30 * 86_400_000,
  /** Written in one go. */
  atOnceMax: 200,
} as const;

export interface RefusedCallQuery {
  readonly user?: string;
  readonly budget?: string;
  readonly limit: number;
}

/** Calls that budgets, limits and plans refused, with what spoke against each then. */
export interface RefusedCallBooks {
  /** Writes what was refused; what is known by its id already changes nothing. What is too much is forgotten, the oldest first. */
  keep(refused: readonly RefusedCall[]): Promise<void>;
  /** Newest first. */
  list(query: RefusedCallQuery): Promise<readonly RefusedCall[]>;
  /** Forgets what is older. @returns how many */
  prune(beforeMs: number): Promise<number>;
}

/** Who a refusal counts for: the user of a key, or the key where no user is named. */
export function refusedCaller({ keyId, attribution: { user = '' } }: RefusedCall): string {
  return `${keyId}\n${user}`;
}
