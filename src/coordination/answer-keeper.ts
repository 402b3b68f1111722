import type { IdempotentEnd, IdempotentState, KeptAnswer } from './coordinator.ts';
import { coordinationLimits as limits } from './limits.ts';

interface Kept {
  readonly fingerprint: string;
  readonly atMs: number;
  /** Null while the first request runs, and afterwards when its answer could not be kept. */
  answer: KeptAnswer | null;
  running: boolean;
}

/** Remembers idempotency keys and the answers given to them, the oldest answers only as long as there is room. */
export class AnswerKeeper {
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  begin(id: string, fingerprint: string, nowMs: number): IdempotentState {
    const known = this.#find(id, nowMs);
    if (!known) {
      if (this.#kept.size >= limits.idempotentAnswersMax) this.#makeRoom();
      this.#kept.set(id, { fingerprint, atMs: nowMs, answer: null, running: true });
      return { state: 'first' };
    }
    if (known.fingerprint !== fingerprint) return { state: 'conflict' };
    if (known.answer) return { state: 'answered', answer: known.answer };
    return { state: known.running ? 'running' : 'unkept' };
  }

  end(id: string, end: IdempotentEnd): void {
    const kept = this.#kept.get(id);
    if (!kept?.running) return;
    if (end.state === 'failed') {
      this.#drop(id);
      return;
    }
    kept.running = false;
    if (end.state === 'unkept') return;
    kept.answer = end.answer;
    this.#bytes += end.answer.body.length;
    this.#makeRoom();
  }

  #find(id: string, nowMs: number): Kept | null {
    const known = this.#kept.get(id);
    if (!known || known.running || nowMs - known.atMs <= limits.idempotencyMs) return known ?? null;
    this.#drop(id);
    return null;
  }

  /** Forgets the oldest answers; requests that run are never forgotten. */
  #makeRoom(): void {
    for (const [id, kept] of this.#kept) {
      if (this.#bytes <= limits.idempotentBytesMax && this.#kept.size < limits.idempotentAnswersMax) return;
      if (!kept.running) this.#drop(id);
    }
  }

  #drop(id: string): void {
    this.#bytes -= this.#kept.get(id)?.answer?.body.length ?? 0;
    this.#kept.delete(id);
  }
}
