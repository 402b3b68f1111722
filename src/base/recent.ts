/** A bounded memory of what was touched last; the least recently touched goes first. */
export class Recent<V> {
  readonly #entries = new Map<string, V>();
  readonly #entriesMax: number;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#entriesMax) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** The entries touched last, oldest first. */
  newest(count: number): [string, V][] {
    return [...this.#entries].slice(-count);
  }

  get size(): number {
    return this.#entries.size;
  }
}
