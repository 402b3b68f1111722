/** What a provider was seen to bill after streams were cancelled. */
export interface CancelLag {
  /** The largest excess of billed over read tokens seen lately. */
  tokens: number;
  samples: number;
}

/** Before anything was seen of a provider: generous, because too little breaks the guarantee and too much only waits. */
export const unlearnedCancelLagTokens = 256;
const samplesMin = 5;
/** How fast an old maximum fades with each sample that stays below it. */
const fade = 0.98;
/** Held on top of what was seen. */
const margin = 1.25;

export const newCancelLag = (): CancelLag => ({ tokens: 0, samples: 0 });

/** Notes a cancelled stream whose bill became known. */
export function recordCancel(lag: CancelLag, readTokens: number, billedTokens: number): void {
  lag.tokens = Math.max(billedTokens - readTokens, lag.tokens * fade, 0);
  lag.samples += 1;
}

/** Tokens to hold for what may be billed after a cancel; never below what is documented for the provider. */
export function cancelLagTokens(lag: CancelLag, documentedTokens: number | null): number {
  const floor = documentedTokens ?? 0;
  if (lag.samples < samplesMin) return Math.max(unlearnedCancelLagTokens, floor, Math.ceil(lag.tokens * margin));
  return Math.max(floor, Math.ceil(lag.tokens * margin));
}
