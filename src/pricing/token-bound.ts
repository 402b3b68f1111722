import { unreachable } from '../base/index.ts';
import type { UsageProtocol } from './usage-reading.ts';

/** An upper bound of the input tokens of a request, or why its body does not bound them. */
export type InputBound =
  | { readonly ok: true; readonly tokens: number; readonly basis: 'bytes' | 'context_window' }
  | { readonly ok: false; readonly reason: 'unbounded_input'; readonly message: string };

/**
 * Never less than what the provider bills as input. `bodyBytes` is the size of the JSON body as sent (UTF-8).
 * @param contextWindow of the model, tokens; null when unknown, and then what the body does not bound is refused
 */
export function boundInput(request: {
  readonly protocol: UsageProtocol;
  readonly body: unknown;
  readonly bodyBytes: number;
  readonly contextWindow: number | null;
}): InputBound {
  return unreachable(request as never);
}

/** An estimate, not a bound: about four bytes of UTF-8 to a token. For streams that broke off before their report. */
export function estimateTextTokens(bytes: number): number {
  return Math.ceil(bytes / 4);
}
