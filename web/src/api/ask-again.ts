import { type Query, useQueryClient } from '@tanstack/react-query';

const unanswered = { type: 'active', predicate: ({ state }: Query) => state.data === undefined } as const;

/** Gives up every question of the page that has no answer yet, and asks them all anew. */
export function useAskAgain(): () => void {
  const client = useQueryClient();
  return () => void client.cancelQueries(unanswered).then(() => client.refetchQueries(unanswered));
}
