import type { HoldSize } from '../../policy/index.ts';
import { type Amounts, type Attempt, inputTokensOf, outputTokensOf } from '../../tree/index.ts';
import type { Control } from '../exchange.ts';

/** A call that opens an interaction holds one of its plan's. */
export function withInteraction(size: HoldSize, interaction: string | null): HoldSize {
  if (interaction === null) return size;
  const one = { interactions: 1n };
  return { ...size, need: { ...size.need, ...one }, expected: { ...size.expected, ...one } };
}

/** What a call is known to have cost. */
export function actualOf(attempt: Attempt, { newInteraction }: Control): Amounts {
  return {
    ...(attempt.cost === null ? {} : { usd: attempt.cost.picos }),
    tokens: BigInt(inputTokensOf(attempt.usage) + outputTokensOf(attempt.usage)),
    requests: 1n,
    ...(newInteraction === null ? {} : { interactions: 1n }),
  };
}

/** What a watched stream that broke off can be billed at most; null of one that was not watched: all that is held. */
export function billableOf(attempt: Attempt, { bounds, coverage, newInteraction }: Control): Amounts | null {
  if (!bounds || !coverage) return null;
  const { rates, inputTokensMax } = bounds;
  const output = BigInt(Math.max(coverage.billableTokens, outputTokensOf(attempt.usage)));
  return {
    usd: rates.fixedPicos + BigInt(inputTokensMax) * rates.inputPicosPerToken + output * rates.outputPicosPerToken,
    tokens: BigInt(inputTokensMax) + output,
    requests: 1n,
    ...(newInteraction === null ? {} : { interactions: 1n }),
  };
}
