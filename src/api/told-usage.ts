import { createHash } from 'node:crypto';
import type { z } from '@hono/zod-openapi';
import type { Config } from '../config/index.ts';
import { meanUsd } from '../economics/index.ts';
import type { ToldUsage } from '../ledger/index.ts';
import { costOf, type Usd } from '../money/index.ts';
import { type PriceBook, readAnyUsage, servedTier } from '../pricing/index.ts';
import type { Attempt, CostLine, LineKind } from '../tree/index.ts';
import { readMoment, readTold } from './read-told.ts';
import { FieldsRefused } from './refusals.ts';
import { statedLabels } from './schemas-labels.ts';
import type { usageEventSchema } from './schemas-usage.ts';

const costUsdMax = 1_000_000;
/** Of a hash, so much is an id: 128 bits. */
const idDigits = 32;

type UsageEvent = z.infer<typeof usageEventSchema>;
type CallData = Extract<UsageEvent, { type: 'burnrate.call' }>['data'];
type ServiceData = Extract<UsageEvent, { type: 'burnrate.service' }>['data'];

interface TellingContext {
  readonly config: Pick<Config, 'services' | 'retention'>;
  readonly prices: PriceBook;
  readonly nowMs: number;
}

/**
 * Events as attempts of the ledger. What tells them apart is source and id, so that the same event is the same attempt.
 * @throws FieldsRefused naming the event and the field
 */
export function readUsageEvents(events: readonly UsageEvent[], context: TellingContext): ToldUsage[] {
  return events.map((event, index) => readEvent(event, `${index}`, context));
}

function readEvent(event: UsageEvent, at: string, context: TellingContext): ToldUsage {
  const startedAtMs = readStart(event, at, context);
  const id = hash([event.source, event.id]);
  const attemptId = `told_${id.slice(0, idDigits)}`;
  const measured =
    event.type === 'burnrate.call'
      ? measureCall(event.data, startedAtMs, at, context)
      : measureService(event.data, at, context);
  const { call, run, labels, failure, estimated, simulated, requestBytes, responseBytes, durationMs } = event.data;
  const attempt: Attempt = {
    ...statedLabels(labels),
    ...{ attemptId, callId: call ?? attemptId, attemptNumber: 1, run: run ?? call ?? attemptId },
    ...{ reason: 'first', layer: 'product', inferred: run === undefined ? ['run'] : [], keyId: event.source },
    ...{ protocol: 'other', streamed: false, status: 0, failure: failure ?? null, clientRetryCount: 0, startedAtMs },
    ...{ firstByteMs: null, firstTokenMs: null, durationMs: durationMs ?? 0, fingerprint: '', prefixHashes: [] },
    ...{ partTokens: null, requestBytes: requestBytes ?? 0, responseBytes: responseBytes ?? 0, simulated },
    ...{ providerRequestId: event.id, decisions: [], usageSource: estimated ? 'estimated' : 'reported' },
    ...measured,
  };
  return { id, content: contentOf(event), attempt };
}

/** @throws FieldsRefused for a time ahead of ours, or from before what is kept */
function readStart({ time }: UsageEvent, at: string, { config, nowMs }: TellingContext): number {
  if (time === undefined) return nowMs;
  const atMs = readMoment(time, nowMs, `${at}.time`);
  if (atMs >= nowMs - config.retention.attempts.ms) return atMs;
  throw new FieldsRefused([{ field: `${at}.time`, message: 'is older than attempts are kept (`retention.attempts`)' }]);
}

type Measured = Pick<
  Attempt,
  | 'provider'
  | 'modelRequested'
  | 'modelServed'
  | 'tier'
  | 'operation'
  | 'usage'
  | 'lines'
  | 'cost'
  | 'priceState'
  | 'rateCard'
> &
  Partial<Pick<Attempt, 'reason' | 'attemptNumber' | 'usageSource'>>;

function measureCall(data: CallData, atMs: number, at: string, { prices }: TellingContext): Measured {
  const { provider, model, modelRequested, operation, reason, attempt: attemptNumber } = data;
  const reading = data.usage === undefined ? null : readAnyUsage(data.usage, model);
  if (reading && !reading.ok) throw new FieldsRefused([{ field: `${at}.data.usage`, message: reading.message }]);
  const usage = reading?.usage ?? {};
  const tier = data.tier === undefined ? (reading?.tier ?? 'standard') : servedTier(data.tier);
  const named = { provider, modelServed: model, modelRequested: modelRequested ?? model, tier };
  const place = { operation, reason, attemptNumber };
  if (data.costUsd !== undefined) {
    const cost = readTold(data.costUsd, `${at}.data.costUsd`, costUsdMax);
    return { ...named, ...place, usage, ...stated('inference', cost) };
  }
  const { lines, cost, rateCard } = prices.price({ provider, model, tier, usage, atMs });
  return { ...named, ...place, usage, lines, cost, rateCard, priceState: cost === null ? 'unknown' : 'known' };
}

function measureService(data: ServiceData, at: string, { config }: TellingContext): Measured {
  const known = Object.hasOwn(config.services, data.service) ? config.services[data.service] : undefined;
  const line = data.line ?? known?.line ?? 'services';
  const named = { provider: data.service, modelServed: '', modelRequested: '', tier: '', operation: 'service' };
  const usage = { call: data.quantity };
  if (data.costUsd !== undefined) {
    const cost = readTold(data.costUsd, `${at}.data.costUsd`, costUsdMax);
    return { ...named, usage, ...stated(line, cost) };
  }
  const price = known?.perCallUsd ? meanUsd(known.perCallUsd) : null;
  if (price === null) return { ...named, usage, lines: [], cost: null, priceState: 'unknown', rateCard: '' };
  // A price stated as a range is an estimate, and so is what it comes to.
  const source = known?.perCallUsd?.kind === 'value' ? {} : { usageSource: 'estimated' as const };
  return { ...named, usage, ...source, ...byTheCall(line, data.quantity, price) };
}

function byTheCall(
  line: LineKind,
  quantity: number,
  price: Usd,
): Pick<Measured, 'lines' | 'cost' | 'priceState' | 'rateCard'> {
  const cost = costOf(quantity, price.picos);
  const only: CostLine = { line, bucket: 'call', unit: 'calls', quantity, rate: price.picos, cost };
  return { lines: [only], cost, priceState: 'known', rateCard: '' };
}

/** A cost somebody else worked out, whole. */
function stated(line: LineKind, cost: Usd): Pick<Measured, 'lines' | 'cost' | 'priceState' | 'rateCard'> {
  const only: CostLine = { line, bucket: 'fixed', unit: 'usd', quantity: 1, rate: cost.picos, cost };
  return { lines: [only], cost, priceState: 'known', rateCard: '' };
}

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** What an event says, whatever the order of its fields; a time that was not told is not part of it. */
function contentOf({ type, time, data }: UsageEvent): string {
  return hash(sorted([type, time === undefined ? null : Date.parse(time), data]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, each]) => [key, sorted(each)]);
}
