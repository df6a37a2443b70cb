import { unavailable } from '../../platform/errors';

/** Lets so many works run at once and so many wait; refuses the rest. What runs holds memory, what waits holds a request. */
export class Bounded {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly maxRunning: number,
    private readonly maxWaiting: number,
  ) {}

  /** In the order of arrival. @throws UNAVAILABLE when too many wait already. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The place goes from hand to hand: nobody who comes in between takes it.
      if (next) next();
      else this.#running -= 1;
    }
  }

  async #turn(): Promise<void> {
    if (this.#running < this.maxRunning) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.maxWaiting) throw unavailable('Too many passwords are being checked at the moment: try again');
    await new Promise<void>(resolve => this.#waiting.push(resolve));
  }
}
