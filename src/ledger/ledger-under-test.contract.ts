import { afterEach, beforeEach } from 'vitest';
import { sumUsd, type Usd, zeroUsd } from '../money/index.ts';
import type { Attempt } from '../tree/index.ts';
import type { CostAnswer, CostQuery, Dimension, Ledger } from './ledger.ts';

/** A ledger under test. `close` must leave nothing open. */
export interface LedgerUnderTest {
  readonly ledger: Ledger;
  close(): Promise<void>;
}

export const march: CostQuery['range'] = { fromMs: Date.UTC(2026, 2, 1), toMs: Date.UTC(2026, 3, 1) };

export function cost(attempts: readonly Attempt[]): Usd {
  return sumUsd(attempts.map((attempt) => attempt.cost ?? zeroUsd));
}

/** A fresh ledger for each test, and the two questions nearly all of them ask. */
export function useLedger(open: () => Promise<LedgerUnderTest>) {
  let under: LedgerUnderTest;
  let sequence = 0;
  beforeEach(async () => {
    under = await open();
    sequence = 0;
  });
  afterEach(() => under.close());
  return {
    get ledger(): Ledger {
      return under.ledger;
    },
    append(...attempts: Attempt[]): Promise<number> {
      const afterSequence = sequence;
      sequence += attempts.length;
      return under.ledger.append({ journalId: 'jnl_1', afterSequence, lastSequence: sequence, attempts });
    },
    costs: (by: Dimension[], more: Partial<CostQuery> = {}): Promise<CostAnswer> =>
      under.ledger.costs({ range: march, by, where: {}, ...more }),
  };
}
