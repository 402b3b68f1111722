import { toDecimal } from '../../money/index.ts';
import type { Controls } from '../control/controls.ts';
import type { Exchange } from '../exchange.ts';

const printable = /^[\x20-\x7e]*$/;

/** What is known before the answer is: which call it is and who serves it. */
export function knownHeaders(exchange: Exchange, controls: Pick<Controls, 'headers'>): string[] {
  const { call, route, understanding } = exchange;
  const model = exchange.metered?.modelServed || understanding.facts.model;
  const servedBy = model === '' ? route.provider.name : `${route.provider.name}/${model}`;
  return [
    'burnrate-call-id',
    call.callId,
    'burnrate-run',
    headerSafe(call.run),
    'burnrate-served-by',
    headerSafe(servedBy),
    'burnrate-attempts',
    String(call.attemptNumber),
    'burnrate-cache',
    'bypass',
    ...controls.headers(exchange),
  ];
}

/** All of our headers, the cost among them when it is known. */
export function finalHeaders(exchange: Exchange, controls: Pick<Controls, 'headers'>): string[] {
  const cost = exchange.priced?.cost;
  const headers = knownHeaders(exchange, controls);
  if (cost) headers.push('burnrate-cost-usd', toDecimal(cost));
  return headers;
}

/** Header values carry ASCII; anything else is percent-encoded. */
function headerSafe(value: string): string {
  return printable.test(value) ? value : encodeURIComponent(value);
}
