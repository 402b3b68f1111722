import type { IncomingMessage } from 'node:http';
import { BurnrateError } from '../../base/index.ts';
import { joinPieces } from '../join-pieces.ts';
import { limits } from '../limits.ts';

const nothing = Buffer.alloc(0);

/** Bytes of request bodies held by all calls of this worker, bounded. */
export class BodyBudget {
  #held = 0;

  get held(): number {
    return this.#held;
  }

  /** @throws BurnrateError overloaded when the bodies of all calls together would take too much memory */
  take(bytes: number): void {
    if (this.#held + bytes > limits.bodyBytesHeldMax) {
      throw new BurnrateError('overloaded', {
        message: 'Too many request bytes are in flight.',
        retryAfterMs: limits.overloadedRetryAfterMs,
      });
    }
    this.#held += bytes;
  }

  giveBack(bytes: number): void {
    this.#held -= bytes;
  }
}

/**
 * Reads the whole body once. The bytes taken from `budget` are the caller's to give back.
 * @throws BurnrateError body_too_large, overloaded, or bad_request when the client breaks off
 */
export function readBody(req: IncomingMessage, bytesMax: number, budget: BodyBudget): Promise<Buffer> {
  const announced = Number(req.headers['content-length'] ?? 0);
  if (announced > bytesMax) return Promise.reject(tooLarge(bytesMax));
  if (req.headers['transfer-encoding'] === undefined && announced === 0) return Promise.resolve(nothing);
  return new Promise((resolve, reject) => new BodyReader(req, bytesMax, budget, resolve, reject));
}

class BodyReader {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #settled = false;

  constructor(
    req: IncomingMessage,
    bytesMax: number,
    budget: BodyBudget,
    resolve: (body: Buffer) => void,
    reject: (error: unknown) => void,
  ) {
    const refuse = (error: unknown): void => {
      if (this.#settled) return;
      this.#settled = true;
      budget.giveBack(this.#bytes);
      this.#chunks.length = 0;
      reject(error);
    };
    req.on('data', (chunk: Buffer) => {
      if (!this.#settled) this.#accept(chunk, bytesMax, budget, refuse);
    });
    req.on('end', () => {
      if (this.#settled) return;
      this.#settled = true;
      resolve(joinPieces(this.#chunks));
    });
    req.on('error', (cause) => refuse(brokenOff(cause)));
    req.on('close', () => {
      if (!this.#settled) refuse(brokenOff(undefined));
    });
  }

  #accept(chunk: Buffer, bytesMax: number, budget: BodyBudget, refuse: (error: unknown) => void): void {
    try {
      if (this.#bytes + chunk.length > bytesMax) throw tooLarge(bytesMax);
      budget.take(chunk.length);
      this.#bytes += chunk.length;
      this.#chunks.push(chunk);
    } catch (error) {
      refuse(error);
    }
  }
}

function tooLarge(bytesMax: number): BurnrateError {
  return new BurnrateError('body_too_large', { message: `The body is larger than ${bytesMax} bytes.` });
}

function brokenOff(cause: unknown): BurnrateError {
  return new BurnrateError('bad_request', { message: 'The client broke off before the end of its body.', cause });
}
