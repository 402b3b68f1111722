import { zeroUsd } from '../../money/index.ts';
import type { PriceBook } from '../../pricing/index.ts';
import type { AttemptReason, LineKind } from '../../tree/index.ts';
import type { Priced, Stage } from '../exchange.ts';

/** What an attempt that is not a call's first one is for decides the line of the cost stack it stands in. */
const lineOf: Readonly<Record<AttemptReason, LineKind>> = {
  first: 'inference',
  retry: 'retries',
  fallback: 'fallbacks',
  hedge: 'hedges',
  repair: 'repairs',
};

const nothingBilled: Priced = { lines: [], cost: zeroUsd, priceState: 'none', rateCard: '' };
/** A success without usage costs something, only nobody knows what. */
const silentMeter: Priced = { lines: [], cost: null, priceState: 'unknown', rateCard: '' };

/** Prices the model the answer named at the tier it was served at. */
export function price(priceBook: PriceBook): Stage {
  return (exchange) => {
    const { metered, start, call } = exchange;
    if (!metered || !start) return;
    if (metered.usageSource === 'none') exchange.priced = nothingBilled;
    else if (metered.usageSource === 'absent') exchange.priced = silentMeter;
    else {
      const { provider, startedAtMs: atMs } = start;
      const { modelServed: model, tier, usage } = metered;
      const found = priceBook.price({ provider, model, tier, atMs, usage });
      const lines = found.lines.map((line) => ({ ...line, line: lineOf[call.reason] }));
      exchange.priced = { lines, cost: found.cost, priceState: found.state, rateCard: found.rateCard };
    }
  };
}
