import { type Clock, type IdSource, Recent } from '../../base/index.ts';
import type { Attribution, AttributionName } from '../../tree/index.ts';
import type { CallIdentity, Exchange, Stage } from '../exchange.ts';
import { limits } from '../limits.ts';
import type { GatewaySettings } from '../settings.ts';
import { readAttribution } from './attribute.ts';
import { ConversationMemory } from './infer.ts';

interface RememberedCall {
  readonly call: CallIdentity;
  readonly attempts: number;
  readonly atMs: number;
}

export interface CallMemory {
  /** Says which call and run the request belongs to. Needs the prompt's fingerprint. */
  readonly stage: Stage;
  /** Notes that a call ended. */
  touch(exchange: Exchange): void;
}

const retryHeader = 'x-stainless-retry-count';

/**
 * Names the call: a client SDK's retry of a request seen within `retryWindowMs` is a further attempt of the same call,
 * everything else is a new one.
 */
export function callMemory(
  clock: Clock,
  ids: IdSource,
  settings: Pick<GatewaySettings, 'defaults' | 'workflows'>,
): CallMemory {
  const calls = new Recent<RememberedCall>(limits.rememberedCalls);
  const conversations = new ConversationMemory(clock, ids);

  function identityOf(exchange: Exchange): CallIdentity {
    const told = readAttribution(exchange, settings);
    const retryCount = readRetryCount(exchange);
    const key = `${exchange.caller.keyId}|${exchange.prompt.fingerprint}`;
    const known = retryCount > 0 ? calls.get(key) : undefined;
    const now = clock.monotonicMs();
    const joins = known !== undefined && now - known.atMs <= limits.retryWindowMs;
    const attempts = joins ? known.attempts + 1 : 1;
    const call = joins
      ? {
          ...known.call,
          attemptId: ids.next('att'),
          attemptNumber: attempts,
          reason: 'retry' as const,
          layer: 'client' as const,
          clientRetryCount: retryCount,
        }
      : newCall(exchange, told, retryCount);
    calls.set(key, { call, attempts, atMs: now });
    return call;
  }

  function newCall(exchange: Exchange, told: Attribution, retryCount: number): CallIdentity {
    const inferred = conversations.infer(exchange.caller.keyId, told, told.run ?? '');
    const { names, ...fields } = inferred;
    const run = told.run ?? ids.next('run');
    const runInferred: readonly AttributionName[] = told.run === undefined ? ['run'] : [];
    return {
      callId: ids.next('call'),
      attemptId: ids.next('att'),
      attemptNumber: 1,
      // A retry whose first attempt was not seen here (another worker's, or before a restart) is still a retry.
      reason: retryCount > 0 ? 'retry' : 'first',
      layer: retryCount > 0 ? 'client' : 'product',
      clientRetryCount: retryCount,
      run,
      attribution: { ...told, ...fields, run },
      inferred: [...runInferred, ...names],
    };
  }

  return {
    stage: (exchange) => {
      exchange.call = identityOf(exchange);
    },
    touch: (exchange) => conversations.touch(exchange.caller.keyId, exchange.call.attribution),
  };
}

function readRetryCount(exchange: Exchange): number {
  const count = Number(exchange.req.headers[retryHeader] ?? 0);
  return Number.isSafeInteger(count) && count > 0 ? Math.min(count, 1_000) : 0;
}
