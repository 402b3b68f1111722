import type { Stage } from '../exchange.ts';
import { finalHeaders } from './own-headers.ts';

/** Finishes the client's answer; everything is recorded by now. */
export const answer: Stage = (exchange) => {
  exchange.answerWay?.finish(finalHeaders(exchange), exchange.result?.breakOff?.error ?? null);
};
