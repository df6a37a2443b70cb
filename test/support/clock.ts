import type { Clock } from '../../src/platform/clock';

/** A clock that stands still until the test moves it. */
export class TestClock implements Clock {
  constructor(private time = new Date()) {}

  now(): Date {
    return new Date(this.time);
  }

  advance(ms: number): void {
    this.time = new Date(this.time.getTime() + ms);
  }
}
