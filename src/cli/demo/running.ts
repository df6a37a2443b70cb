import type { StartupError } from '../../platform/process/startup-error';

/** Something that was started: a child process or the database server. */
export interface Part {
  readonly exited: Promise<StartupError | undefined>;
  readonly stop: () => Promise<void>;
  readonly kill: () => void;
}

/** All that the demo has started, in order. */
export class Running {
  readonly #parts: Part[] = [];
  #reportDeath: (reason: StartupError) => void = () => undefined;
  #closing = false;
  #stopping: Part | undefined;

  /** Settles with the reason when the first part ends that nobody stopped. */
  readonly death = new Promise<StartupError>(resolve => {
    this.#reportDeath = resolve;
  });

  get closing(): boolean {
    return this.#closing;
  }

  /** Must be called as soon as something runs, so that whatever happens next ends it too. */
  add<P extends Part>(part: P): P {
    this.#parts.push(part);
    void part.exited.then(reason => {
      if (reason && !this.#closing) this.#reportDeath(reason);
    });
    return part;
  }

  /** Stops the parts one by one, the last one first, so that none loses what it depends on while it still works. */
  async stop(): Promise<void> {
    this.#closing = true;
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      this.#stopping = part;
      await part.stop();
    }
    this.#stopping = undefined;
  }

  /** Ends all of them at once, for a user who will not wait. */
  kill(): void {
    this.#stopping?.kill();
    for (const part of this.#parts) part.kill();
  }
}
