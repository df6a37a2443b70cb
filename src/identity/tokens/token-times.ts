import { ExpiredJws, InvalidJws } from './strict-jws';

/** How far the clocks of signer and verifier may differ. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** In seconds since 1970 (NumericDate, RFC 7519, section 2). */
export interface TokenTimes {
  readonly iat: number;
  readonly nbf?: number | undefined;
  readonly exp: number;
}

/** @throws InvalidJws for a token of the future, one that lasts longer than it may, and (ExpiredJws) one whose time is up. */
export function requireCurrent({ iat, nbf = iat, exp }: TokenTimes, now: Date, maxLifetimeSeconds: number): void {
  const seconds = Math.floor(now.getTime() / 1000);
  if (exp <= iat || exp - iat > maxLifetimeSeconds) throw new InvalidJws('A lifetime that is not allowed');
  if (Math.max(iat, nbf) > seconds + CLOCK_TOLERANCE_SECONDS) throw new InvalidJws('Not valid yet');
  if (exp <= seconds - CLOCK_TOLERANCE_SECONDS) throw new ExpiredJws('Expired');
}
