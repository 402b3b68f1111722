import type { Exchange } from '../exchange.ts';

/** Resolves after the time, or at once when the client goes. */
export function pause(ms: number, exchange: Exchange): Promise<void> {
  if (ms <= 0 || exchange.gone) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    exchange.onGone = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
