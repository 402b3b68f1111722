import type { ForecastModel } from '../model/build-model.ts';
import { rounded, usdText } from '../report/figures.ts';
import { centralCost } from './central-cost.ts';

/** One workflow before and after a change of the file. */
export interface ChangeRow {
  readonly workflow: string;
  /** Null where it does not exist on that side, or has no outcome. */
  readonly beforeUsd: string | null;
  readonly afterUsd: string | null;
  /** Relative: 0.05 is 5 % more; null where one side is missing. */
  readonly change: number | null;
  readonly callsBefore: number | null;
  readonly callsAfter: number | null;
  readonly failed: boolean;
}

/** What a change of the file does to the cost per outcome. */
export interface ChangeReport {
  readonly scenario: string;
  readonly maxIncrease: number | null;
  readonly rows: readonly ChangeRow[];
  readonly ok: boolean;
}

/**
 * Compares the cost per successful outcome of two files, workflow by workflow, in their first month with every unknown at
 * its median and nothing left to chance, so that only what was changed differs.
 * @param maxIncrease largest relative increase that passes; null only reports
 */
export function checkChange(base: ForecastModel, changed: ForecastModel, maxIncrease: number | null): ChangeReport {
  const before = centralCost(base);
  const after = centralCost(changed);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const rows = names.map((workflow): ChangeRow => {
    const [old, now] = [before.get(workflow), after.get(workflow)];
    const change = old?.perOutcomeUsd && now?.perOutcomeUsd ? now.perOutcomeUsd / old.perOutcomeUsd - 1 : null;
    return {
      workflow,
      beforeUsd: old?.perOutcomeUsd ? usdText(old.perOutcomeUsd) : null,
      afterUsd: now?.perOutcomeUsd ? usdText(now.perOutcomeUsd) : null,
      change: change === null ? null : rounded(change),
      callsBefore: old ? rounded(old.callsPerInteraction) : null,
      callsAfter: now ? rounded(now.callsPerInteraction) : null,
      // Floating point must not fail a change that is exactly at the limit.
      failed: maxIncrease !== null && change !== null && change > maxIncrease + 1e-9,
    };
  });
  return { scenario: changed.scenarios[0]?.name ?? '', maxIncrease, rows, ok: rows.every(({ failed }) => !failed) };
}
