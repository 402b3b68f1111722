/** Bounds of an account. */
export interface AccountLimits {
  readonly potsMax: number;
  /** Lists of asks in one exchange. */
  readonly groupsMax: number;
  /** Leases settled in one exchange. */
  readonly settlementsMax: number;
  /** How far ahead of the present burn a lease is sized. */
  readonly lookAheadMs: number;
  /** A pot unused for this long gives everything back. */
  readonly idleMs: number;
  /** How often the books are asked for leases this account does not know. */
  readonly listAllMs: number;
}

export const accountLimits: AccountLimits = {
  potsMax: 100_000,
  groupsMax: 64,
  settlementsMax: 512,
  lookAheadMs: 2_000,
  idleMs: 3_000,
  listAllMs: 10_000,
};
