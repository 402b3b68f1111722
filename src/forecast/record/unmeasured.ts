import type { LineKind } from '../../tree/index.ts';

/** What users who leave and wrong answers cost is on no bill and in no ledger: a forecast of it cannot be held against facts. */
export const unmeasuredLines: ReadonlySet<LineKind> = new Set<LineKind>(['waiting', 'quality']);
