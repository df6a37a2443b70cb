/** A stream of pseudo-random choices that is the same for the same seed, on every machine. Not for secrets. */
export interface Random {
  /** An integer from `min` to `max`, both included. */
  between(min: number, max: number): number;
  /** @throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
  digits(count: number): string;
  /** Lower-case hexadecimal digits. */
  hex(count: number): string;
  /** Shaped like a version 4 UUID. */
  uuid(): string;
}

/** Streams of different names are independent, so that a change to one part of the world leaves the others as they were. */
export function seededRandom(seed: number, stream: string): Random {
  const next = mulberry32(seed ^ fnv1a(stream));
  const between = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const text = (alphabet: string, count: number) =>
    Array.from({ length: count }, () => alphabet.charAt(between(0, alphabet.length - 1))).join('');
  const hex = (count: number) => text('0123456789abcdef', count);
  return {
    between,
    pick: list => at(list, between(0, list.length - 1)),
    shuffled: list => shuffle(list, between),
    digits: count => text('0123456789', count),
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${text('89ab', 1)}${hex(3)}-${hex(12)}`,
  };
}

function at<T>(list: readonly T[], index: number): T {
  if (index < 0 || index >= list.length) throw new RangeError('There is nothing to pick from');
  return list[index] as T;
}

function shuffle<T>(list: readonly T[], between: Random['between']): T[] {
  const left = [...list];
  return list.flatMap(() => left.splice(between(0, left.length - 1), 1));
}

/** Tommy Ettinger's mulberry32: 32 bits of state, even enough for test data. Gives [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    const a = Math.imul(state ^ (state >>> 15), state | 1);
    const b = a ^ (a + Math.imul(a ^ (a >>> 7), a | 61));
    return ((b ^ (b >>> 14)) >>> 0) / 2 ** 32;
  };
}

const fnv1a = (text: string): number =>
  new TextEncoder().encode(text).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5);
