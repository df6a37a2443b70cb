import { say } from '../say';
import { WalkthroughError } from './walkthrough-error';

/** Tells the walk, step by step, and knows at which one it is. */
export class Narrator {
  #number = 0;
  #title = '';
  #last = '';

  constructor(private readonly print: (line?: string) => void = say) {}

  step(title: string): void {
    this.#number += 1;
    this.#title = title;
    this.#last = '';
    this.print();
    this.print(`${this.#number}. ${title}`);
  }

  tell(...lines: readonly string[]): void {
    for (const line of lines) this.print(`   ${line}`);
  }

  /** Tells how far something is, once per change. */
  progress(line: string): void {
    if (line !== this.#last) this.tell(line);
    this.#last = line;
  }

  /** @throws WalkthroughError unless it holds. */
  check(holds: boolean, expected: string, came: string): void {
    if (!holds) throw this.failure(expected, came);
  }

  /** @throws WalkthroughError when the value is missing. */
  found<T>(value: T | null | undefined, expected: string, came: string): T {
    if (value === null || value === undefined) throw this.failure(expected, came);
    return value;
  }

  failure(expected: string, came: string, cause?: unknown): WalkthroughError {
    return new WalkthroughError(`${this.#number} (${this.#title})`, expected, came, { cause });
  }
}
