import type { CostQuery, TimeRange } from '../../ledger/index.ts';
import type { Usd } from '../../money/index.ts';
import type { LineKind } from '../../tree/index.ts';
import type { EconomicLedger } from '../stack/read-stack-facts.ts';
import type { CostStack, StackLine } from '../stack/stack.ts';

/** What calls of one stage cost on one line. */
export interface CallLine {
  readonly stage: string | null;
  readonly line: LineKind;
  readonly cost: Usd;
}

const rowsMax = 10_000;

/**
 * What calls cost, on the lines the forecast has: a stage's own call is inference there also where it embeds or
 * moderates, which the cost stack tells apart by what a call is for.
 */
export async function readCallLines(
  ledger: Pick<EconomicLedger, 'costs'>,
  range: TimeRange,
  where: CostQuery['where'],
): Promise<CallLine[]> {
  const { rows } = await ledger.costs({ range, by: ['stage', 'line'], where, limit: rowsMax });
  return rows.flatMap(({ dimensions, cost }) =>
    cost.picos === 0n
      ? []
      : [{ stage: dimensions.stage ?? null, line: (dimensions.line ?? 'inference') as LineKind, cost }],
  );
}

/** The lines of the full cost that are not what calls cost: those bear the name of their line. */
export function beyondCalls({ lines }: CostStack): StackLine[] {
  return lines.filter(({ origin, name, line }) => origin !== 'calls' || name !== line);
}
