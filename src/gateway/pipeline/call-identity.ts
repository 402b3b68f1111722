import type { IdSource } from '../../base/index.ts';
import type { CallAttempt, Conversation, ConversationTold, Coordinator } from '../../coordination/index.ts';
import type { Attribution, AttributionName } from '../../tree/index.ts';
import type { CallIdentity, Exchange, Stage } from '../exchange.ts';
import type { GatewaySettings } from '../settings.ts';
import { readAttribution } from './attribute.ts';
import { conversationKey, inferredNames, namesConversation } from './infer.ts';

export interface CallMemory {
  /** Says which call and run the request belongs to. Needs the prompt's fingerprint. */
  readonly stage: Stage;
  /** Notes that a call ended. */
  touch(exchange: Exchange): void;
}

const retryHeader = 'x-stainless-retry-count';

/**
 * Names the call: a client SDK's retry of a request seen a while ago is a further attempt of the same call, everything
 * else is a new one.
 */
export function callMemory(
  coordinator: Coordinator,
  ids: IdSource,
  settings: Pick<GatewaySettings, 'defaults' | 'workflows'>,
): CallMemory {
  function name(exchange: Exchange): void | Promise<void> {
    const retryCount = readRetryCount(exchange);
    const found = retryCount > 0 ? coordinator.nextAttempt(retryKey(exchange)) : null;
    if (found instanceof Promise) return found.then((known) => nameAttempt(exchange, retryCount, known));
    return nameAttempt(exchange, retryCount, found);
  }

  function nameAttempt(exchange: Exchange, retryCount: number, known: CallAttempt | null): void | Promise<void> {
    if (!known) return nameCall(exchange, retryCount);
    exchange.call = {
      ...known.call,
      attemptId: ids.next('att'),
      attemptNumber: known.attemptNumber,
      reason: 'retry',
      layer: 'client',
      clientRetryCount: retryCount,
    };
  }

  function nameCall(exchange: Exchange, retryCount: number): void | Promise<void> {
    const told = readAttribution(exchange, settings);
    const key = namesConversation(told) ? null : conversationKey(exchange.caller.keyId, told);
    const joined = key === null ? null : coordinator.joinConversation(key, toldOf(told));
    const named = (conversation: Conversation | null) => {
      exchange.call = newCall(told, conversation, retryCount);
      const { callId, run, attribution, inferred } = exchange.call;
      coordinator.rememberCall(retryKey(exchange), { callId, run, attribution, inferred });
    };
    return joined instanceof Promise ? joined.then(named) : named(joined);
  }

  function newCall(told: Attribution, conversation: Conversation | null, retryCount: number): CallIdentity {
    const run = told.run ?? ids.next('run');
    const runInferred: readonly AttributionName[] = told.run === undefined ? ['run'] : [];
    return {
      callId: ids.next('call'),
      attemptId: ids.next('att'),
      attemptNumber: 1,
      // A retry whose first attempt was not seen (before a restart, or long ago) is still a retry.
      reason: retryCount > 0 ? 'retry' : 'first',
      layer: retryCount > 0 ? 'client' : 'product',
      clientRetryCount: retryCount,
      run,
      attribution: { ...told, ...conversation, run },
      inferred: [...runInferred, ...inferredNames(told, conversation)],
    };
  }

  return {
    stage: name,
    touch: ({ caller, call }) => {
      const guessed = call.inferred.some((field) => field !== 'run');
      const key = guessed ? conversationKey(caller.keyId, call.attribution) : null;
      if (key !== null) coordinator.touchConversation(key);
    },
  };
}

function toldOf({ session, interaction, run = '' }: Attribution): ConversationTold {
  return { ...(session === undefined ? {} : { session }), ...(interaction === undefined ? {} : { interaction }), run };
}

const retryKey = ({ caller, prompt }: Exchange): string => `${caller.keyId}|${prompt.fingerprint}`;

function readRetryCount(exchange: Exchange): number {
  const count = Number(exchange.req.headers[retryHeader] ?? 0);
  return Number.isSafeInteger(count) && count > 0 ? Math.min(count, 1_000) : 0;
}
