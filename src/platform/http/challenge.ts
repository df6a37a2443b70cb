import { RefusedToken } from '../auth/refused-token';

/**
 * What a 401 says of itself in WWW-Authenticate (RFC 6750, section 3; RFC 9449, section 7.1): nothing beside the scheme to who sent no
 * token, and the same to everybody whose token is refused, whatever the reason. Only that it has expired is told: its owner then asks
 * for another instead of for help.
 * @param authorization the values of the Authorization headers that were sent.
 */
export function challengeOf(error: unknown, authorization: readonly string[] | undefined): string {
  if (!authorization) return 'Bearer';
  const isDpop = authorization.length === 1 && /^dpop /i.test(authorization[0] ?? '');
  const expired = error instanceof RefusedToken && error.expired ? ', error_description="The access token expired"' : '';
  return isDpop ? `DPoP error="invalid_token"${expired}, algs="ES256"` : `Bearer error="invalid_token"${expired}`;
}
