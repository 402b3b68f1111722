import type { Controls } from '../control/controls.ts';
import type { Stage } from '../exchange.ts';
import { finalHeaders } from './own-headers.ts';

/** Sends what is held back, or ends what is under way, after the attempt's end is in the journal. */
export function answer(controls: Pick<Controls, 'headers'>): Stage {
  return (exchange) => {
    exchange.answerWay?.finish(finalHeaders(exchange, controls), exchange.result?.breakOff?.error ?? null);
  };
}
