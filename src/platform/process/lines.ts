import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export type OnLine = (line: string) => void;

/** Hands on every line of a stream as it comes, without its end; the last one also when it was never ended. */
export function forEachLine(stream: Readable, onLine: OnLine): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
}
