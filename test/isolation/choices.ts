/** Decisions read from bytes, so that a property-based test can generate them, repeat them and shrink them. */
export class Choices {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** From 0 to `below` - 1; 0 when the bytes have run out, so that whatever grows comes to an end. */
  upTo(below: number): number {
    const byte = (this.bytes[this.#at] ?? 0) * 256 + (this.bytes[this.#at + 1] ?? 0);
    this.#at += 2;
    return byte % below;
  }

  /** True in so many of a hundred cases. */
  percent(share: number): boolean {
    return this.#at < this.bytes.length && this.upTo(100) < share;
  }

  /** @throws Error for an empty list. */
  one<Item>(items: readonly Item[]): Item {
    const item = items[this.upTo(items.length)];
    if (item === undefined) throw new Error('Nothing to choose from');
    return item;
  }
}
