import type { AttemptReason, CostLine, LineKind } from '../tree/index.ts';

const kindByReason: Readonly<Record<AttemptReason, LineKind>> = {
  first: 'inference',
  retry: 'retries',
  fallback: 'fallbacks',
  hedge: 'hedges',
  repair: 'repairs',
};

/**
 * The kind of cost a line is kept as. Pricing knows tokens and writes `inference`; why an attempt was sent is known
 * here, so what a retry, fallback, hedge or repair costs is told apart when it is appended, and nowhere else.
 */
export function classifyLine(line: CostLine, reason: AttemptReason): CostLine {
  return line.line === 'inference' && reason !== 'first' ? { ...line, line: kindByReason[reason] } : line;
}
