import type { Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Observation } from '../exchange.ts';
import { limits } from '../limits.ts';
import { emptyObservation, type Observer } from './observer.ts';

/** Inflates a side copy of a compressed answer for an observer; the client gets the bytes as they came. */
export class InflatingObserver implements Observer {
  readonly #inner: Observer;
  readonly #inflater: Transform;
  readonly #done: Promise<void>;
  #inflated = 0;
  #lost = false;

  /** @param onReady called when `push` may be called again after it returned false */
  constructor(inner: Observer, inflater: Transform, onReady: () => void) {
    this.#inner = inner;
    this.#inflater = inflater;
    inflater.on('data', (chunk: Buffer) => this.#onInflated(chunk));
    inflater.on('drain', onReady);
    this.#done = new Promise((resolve) => {
      inflater.on('error', () => {
        this.#lost = true;
        resolve();
        onReady();
      });
      inflater.on('end', resolve);
      inflater.on('close', () => {
        resolve();
        // Given up in the middle of a write, it never says that it drained.
        onReady();
      });
    });
  }

  #onInflated(chunk: Buffer): void {
    this.#inflated += chunk.length;
    if (this.#lost) return;
    if (this.#inflated <= limits.inflatedBytesMax) this.#inner.push(chunk);
    // A bomb, or an answer larger than anything worth reading: stop looking, keep forwarding.
    else this.#giveUp();
  }

  #giveUp(): void {
    this.#lost = true;
    this.#inflater.destroy();
  }

  push(chunk: Buffer): boolean {
    return this.#lost || this.#inflater.destroyed || this.#inflater.write(chunk);
  }

  async end(whole: boolean): Promise<Observation> {
    if (!this.#lost) this.#inflater.end();
    await this.#done;
    return this.#lost && whole ? { ...emptyObservation, garbled: true } : this.#inner.end(whole);
  }
}

/** An inflater that hands out what it has at once, for a coding that can be read here; null for any other. */
export function inflaterFor(coding: string): Transform | null {
  if (coding === 'gzip' || coding === 'x-gzip') return createGunzip({ flush: constants.Z_SYNC_FLUSH });
  if (coding === 'deflate') return createInflate({ flush: constants.Z_SYNC_FLUSH });
  if (coding === 'br') return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH });
  return null;
}
