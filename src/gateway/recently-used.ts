/** A map that keeps at most so many entries: those that were used last. */
export class RecentlyUsed<Key, Value> {
  readonly #entries = new Map<Key, Value>();

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.#entries.size;
  }

  /** The value of the key, made now if it is not there. */
  get(key: Key, make: () => Value): Value {
    const value = this.#entries.has(key) ? (this.#entries.get(key) as Value) : make();
    // A map remembers the order of insertion: what is put in anew becomes the youngest.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#evict();
    return value;
  }

  #evict(): void {
    if (this.#entries.size <= this.capacity) return;
    const [eldest] = this.#entries.keys();
    this.#entries.delete(eldest as Key);
  }
}
