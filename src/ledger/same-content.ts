import type { Outcome } from '../tree/index.ts';

/**
 * Whether an outcome sent again under its id says the same. A time that was not told but filled in on arrival
 * (`atMs` equal to `recordedAtMs`) differs between two sendings of the same thing and is not compared.
 */
export function sameContent(recorded: Outcome, sent: Outcome): boolean {
  const timeTold = sent.atMs !== sent.recordedAtMs || recorded.atMs !== recorded.recordedAtMs;
  return (
    recorded.run === sent.run &&
    recorded.outcome === sent.outcome &&
    recorded.value?.picos === sent.value?.picos &&
    recorded.humanMinutes === sent.humanMinutes &&
    recorded.role === sent.role &&
    recorded.csat === sent.csat &&
    (!timeTold || recorded.atMs === sent.atMs)
  );
}
