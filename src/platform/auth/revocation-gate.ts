import { failClosed } from './fail-closed';

/** @throws UNAUTHENTICATED for what was revoked; it gives nothing for what was not. */
type Check<Token> = (token: Token) => Promise<void>;

/** Shorter than the whole authentication may take, so that it is this step that is named. */
const TIMEOUT_MS = 3_000;

/**
 * A check for revocation that lets a token pass by saying nothing in time, and in no other way.
 * @requirement SEC-009, SEC-017
 */
export const revocationGate = <Token>(check: Check<Token>, timeoutMs: number = TIMEOUT_MS): { check: Check<Token> } => ({
  check: token => failClosed({ stage: 'revocation', timeoutMs, accepts: answer => answer === undefined }, () => check(token)),
});
