/** The first thing of a walk that is not as it must be; the message is one line. */
export class WalkthroughError extends Error {
  override readonly name = 'WalkthroughError';

  constructor(
    readonly step: string,
    readonly expected: string,
    readonly came: string,
    options?: ErrorOptions,
  ) {
    super(`Step ${step}: expected ${expected}, but ${came}`.replace(/\s+/g, ' '), options);
  }
}
