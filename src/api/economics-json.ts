import type { z } from '@hono/zod-openapi';
import { type CostStack, tokenShare, usualTokenShare } from '../economics/index.ts';
import type { RetryRow } from '../ledger/index.ts';
import { addUsd, sumUsd, toDecimal, type Usd, zeroUsd } from '../money/index.ts';
import type { LineKind } from '../tree/index.ts';
import { rangeJson } from './range.ts';
import type { retrySchema, stackSchema } from './schemas-economics.ts';

type StackJson = Omit<z.infer<typeof stackSchema>, 'simulated'>;

export function stackJson(stack: CostStack, groupsMax: number): StackJson {
  const left = stack.groups.slice(groupsMax);
  return {
    range: rangeJson(stack.range),
    by: [...stack.by],
    totalUsd: toDecimal(stack.total),
    tokenUsd: toDecimal(stack.tokenCost),
    tokenShare: tokenShare(stack),
    usualTokenShare,
    lines: stack.lines.map(({ parts: _, cost, behind, ...line }) => ({
      ...line,
      behind: behind && Object.fromEntries(Object.entries(behind).map(([name, values]) => [name, [...values]])),
      costUsd: toDecimal(cost),
    })),
    groups: stack.groups.slice(0, groupsMax).map((group, index) => ({
      dimensions: { ...group.dimensions },
      runs: group.runs,
      calls: group.calls,
      tokens: group.tokens,
      totalUsd: toDecimal(group.total),
      tokenUsd: toDecimal(group.tokenCost),
      tokenShare: tokenShare(group),
      lines: groupLines(stack, index),
    })),
    groupsLeftOut: left.length,
    leftOutUsd: toDecimal(sumUsd(left.map((group) => group.total))),
    retries: stack.retries.map(retryJson),
    minutesWithoutRate: stack.minutesWithoutRate,
    unknownPriceAttempts: stack.unknownPriceAttempts,
  };
}

function groupLines({ lines }: CostStack, index: number): StackJson['groups'][number]['lines'] {
  const sums = new Map<LineKind, Usd>();
  for (const { line, parts } of lines) sums.set(line, addUsd(sums.get(line) ?? zeroUsd, parts[index] ?? zeroUsd));
  return [...sums].flatMap(([line, cost]) => (cost.picos === 0n ? [] : [{ line, costUsd: toDecimal(cost) }]));
}

export function retryJson({ cost, ...row }: RetryRow): z.infer<typeof retrySchema> {
  return { ...row, costUsd: toDecimal(cost) };
}
