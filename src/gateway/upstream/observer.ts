import type { Observation } from '../exchange.ts';

/** Reads an answer beside its way to the client. It never changes a byte and keeps a bounded amount. */
export interface Observer {
  /** @returns false when it wants no more until `onReady` is called */
  push(chunk: Buffer): boolean;
  /** @param whole false when the answer broke off */
  end(whole: boolean): Observation | Promise<Observation>;
}

export const emptyObservation: Observation = {
  reading: null,
  final: true,
  model: '',
  requestId: '',
  contentBytes: 0,
  firstTokenMs: null,
  failed: false,
  finished: true,
  garbled: false,
  cut: false,
};

/** For answers nothing is read from. */
export const blindObserver: Observer = { push: () => true, end: () => emptyObservation };
