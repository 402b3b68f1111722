import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { systemClock } from '../../src/base/index.ts';
import { type Config, parseConfig } from '../../src/config/index.ts';
import { openDuckDbLedger } from '../../src/ledger/duckdb/index.ts';
import type { Ledger } from '../../src/ledger/index.ts';
import { usd } from '../../src/money/index.ts';
import type { Attempt, Outcome, OutcomeKind } from '../../src/tree/index.ts';
import { caseStartMs } from './attempts.ts';

/** March 2026 in UTC: 31 equal days. */
export const march = { fromMs: Date.UTC(2026, 2, 1), toMs: Date.UTC(2026, 3, 1) };

export function configured(text: string): Config {
  return parseConfig(text, { file: 'burnrate.yaml', environment: {} });
}

/** A fresh ledger on disk for each test. */
export function economicLedger() {
  let dir: string;
  let ledger: Ledger;
  let sequence = 0;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'economics-'));
    sequence = 0;
    ledger = await openDuckDbLedger({ file: join(dir, 'l.duckdb'), clock: systemClock });
  });
  afterEach(async () => {
    await ledger.close();
    rmSync(dir, { recursive: true });
  });
  return {
    get ledger(): Ledger {
      return ledger;
    },
    append(attempts: readonly Attempt[]): Promise<number> {
      const afterSequence = sequence;
      sequence += attempts.length;
      return ledger.append({ journalId: 'j', afterSequence, lastSequence: sequence, attempts });
    },
    async end(run: string, outcome: OutcomeKind, changes: Partial<Outcome> = {}): Promise<void> {
      await ledger.recordOutcome({
        ...{ id: `out_${run}`, run, outcome, value: outcome === 'success' ? usd('4.5') : null, humanMinutes: null },
        ...{ role: null, csat: null, atMs: caseStartMs + 1_000, recordedAtMs: caseStartMs + 2_000 },
        ...changes,
      });
    },
  };
}
