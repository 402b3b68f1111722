/** Knows which entries that carry money may be dropped: those before a checkpoint that survives a power loss. */
export class CheckpointMark {
  /** 0 is never. */
  #lastMoney = 0;
  #lastCheckpoint = 0;
  #syncedCheckpoint = 0;

  /** True while no entry carried money. */
  get none(): boolean {
    return this.#lastMoney === 0;
  }

  get wantsCheckpoint(): boolean {
    return this.#lastMoney > this.#lastCheckpoint;
  }

  noteMoney(sequence: number): void {
    this.#lastMoney = sequence;
  }

  noteCheckpoint(sequence: number): void {
    this.#lastCheckpoint = sequence;
  }

  /** The last entry that may be dropped as far as money goes. */
  floor(syncedSequence: number): number {
    if (this.none) return Number.POSITIVE_INFINITY;
    if (this.#lastCheckpoint <= syncedSequence) this.#syncedCheckpoint = this.#lastCheckpoint;
    return this.#syncedCheckpoint - 1;
  }
}
