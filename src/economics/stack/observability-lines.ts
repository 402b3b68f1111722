import type { Config, ObservabilityCost } from '../../config/index.ts';
import { meanOfQuantity } from '../../forecast/index.ts';
import type { CostRow, TrafficRow } from '../../ledger/index.ts';
import { fromPicos, rateFromUsdPerUnit, type Usd } from '../../money/index.ts';
import type { LineContext } from './overhead-lines.ts';

/** A month of storage: a twelfth of 365.25 days. */
const monthMs = (365.25 / 12) * 86_400_000;
const bytesPerGb = 1_000_000_000n;

/** Bytes logged for one call of a row: what its workflow states, else what all state, else what the ledger measured. */
export function bytesPerCall(
  config: Config,
  traffic: readonly TrafficRow[],
): (row: Pick<CostRow, 'dimensions'>) => number {
  const measured = measuredBytes(traffic);
  const general = config.overheads.observability?.bytesPerCall;
  return ({ dimensions }) => {
    const workflow = dimensions.workflow ?? '';
    const stated = config.workflows[workflow]?.bytesPerCall ?? general;
    const own = stated === undefined ? null : meanOfQuantity(stated);
    return own ?? measured.get(workflow) ?? 0;
  };
}

/** Bytes of requests and answers per call that went over the wire, by workflow. */
function measuredBytes(traffic: readonly TrafficRow[]): ReadonlyMap<string, number> {
  const sums = new Map<string, { bytes: number; calls: number }>();
  for (const row of traffic) {
    const workflow = row.dimensions.workflow ?? '';
    const { bytes, calls } = sums.get(workflow) ?? { bytes: 0, calls: 0 };
    sums.set(workflow, { bytes: bytes + row.requestBytes + row.responseBytes, calls: calls + row.calls });
  }
  return new Map([...sums].map(([workflow, { bytes, calls }]) => [workflow, calls === 0 ? 0 : bytes / calls]));
}

/**
 * What logging the range's calls costs: taking them in, and keeping each tier's share for as long as it is kept.
 * @returns bytes kept for each call, over all tiers; null when nothing is said of observability
 */
export function addObservabilityLines({ builder, groups, config }: LineContext): number | null {
  const { observability } = config.overheads;
  if (!observability) return null;
  const stated = groups.list.some(
    ({ calls, dimensions }) => calls > 0 && !isMeasured(config, dimensions.workflow ?? ''),
  );
  const bytes = groups.list.reduce((sum, group) => sum + group.bytes, 0);
  const calls = groups.list.reduce((sum, group) => sum + group.calls, 0);
  const add = (name: string, quantity: number, cost: Usd, estimated: boolean) => {
    const facts = { line: 'observability', name, origin: 'configuration', rule: 'bytes', unit: 'bytes' } as const;
    builder.share(builder.open({ ...facts, quantity, estimated }), cost, 'bytes');
  };
  add('ingest', Math.round(bytes), storageCost(bytes, observability.perGbIngestUsd, 1), stated);
  let stored = 0;
  for (const tier of observability.tiers) {
    const kept = tierBytes(tier, bytes, calls);
    stored += kept;
    const price = tier.perGbMonthUsd ?? observability.perGbMonthUsd;
    const cost = storageCost(kept, price, tier.keep.ms / monthMs);
    add(`kept ${days(tier.keep.ms)}`, Math.round(kept), cost, stated || isStated(tier.bytesPerCall));
  }
  return calls === 0 ? null : stored / calls;
}

/** Bytes that were stated are no measurement. */
const isStated = (bytes: { readonly kind: string } | undefined) => bytes !== undefined && bytes.kind !== 'measured';

function isMeasured({ workflows, overheads }: Config, workflow: string): boolean {
  return !isStated(workflows[workflow]?.bytesPerCall ?? overheads.observability?.bytesPerCall);
}

const days = (ms: number) => `${Number((ms / 86_400_000).toFixed(2))} days`;

function tierBytes(tier: ObservabilityCost['tiers'][number], bytes: number, calls: number): number {
  const own = tier.bytesPerCall === undefined ? null : meanOfQuantity(tier.bytesPerCall);
  return (own === null ? bytes : own * calls) * tier.share;
}

/** Bytes × price of a GB × months, rounded once. */
function storageCost(bytes: number, perGbUsd: string, months: number): Usd {
  const byteMonths = BigInt(Math.round(bytes * months));
  return fromPicos((byteMonths * rateFromUsdPerUnit(perGbUsd) + bytesPerGb / 2n) / bytesPerGb);
}
