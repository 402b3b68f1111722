import type { Conversation } from '../../coordination/index.ts';
import type { Attribution, AttributionName } from '../../tree/index.ts';

/** Whose conversation a call belongs to: that of the same API key, user (or session) and workflow; null when nobody is named. */
export function conversationKey(keyId: string, told: Attribution): string | null {
  const whose = told.user ?? told.session;
  return whose === undefined ? null : JSON.stringify([keyId, whose, told.workflow ?? '', told.user === undefined]);
}

/** True of a call that needs no guess. */
export function namesConversation(told: Attribution): boolean {
  return told.interaction !== undefined && told.session !== undefined;
}

/** What of a conversation was guessed, not told. */
export function inferredNames(told: Attribution, found: Conversation | null): readonly AttributionName[] {
  if (!found) return [];
  return [
    ...(told.session === undefined ? (['session'] as const) : []),
    ...(told.interaction === undefined ? (['interaction'] as const) : []),
  ];
}
